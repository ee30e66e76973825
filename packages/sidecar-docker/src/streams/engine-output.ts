import { type Duplex, PassThrough, type Readable, Writable } from 'node:stream';
import type { AttachOptions } from '@interlink/sidecar-sdk';
import { splitOutput } from '../log/demux.ts';

/** What an engine's raw stream is made of, as its caller uses it. */
export interface EngineConnection {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** Resolves when all output was handed on; never rejects. */
  readonly ended: Promise<void>;
  close(): void;
}

/** What the stream is connected to. */
export interface ConnectedProcess {
  /** It is one stream without frames. */
  readonly isTerminal: boolean;
  /** The end of what its caller types is not the end of its input: a container whose `stdinOnce` is not set. */
  readonly keepsInput: boolean;
}

/** Takes an engine's raw stream apart. The outputs end and never fail; a slow reader of one slows the other. */
export function openConnection(
  raw: Duplex,
  options: AttachOptions,
  { isTerminal, keepsInput }: ConnectedProcess,
): EngineConnection {
  raw.on('error', () => undefined);
  const stdout = options.stdout ? new PassThrough() : undefined;
  const stderr = options.stderr && !isTerminal ? new PassThrough() : undefined;
  const outputs = new Map([
    [1, stdout],
    [2, stderr],
  ]);
  return {
    stdin: options.stdin ? inputOf(raw, keepsInput) : undefined,
    stdout,
    stderr,
    ended: distribute(raw, outputs, isTerminal),
    close: () => void raw.destroy(),
  };
}

/**
 * `end()` half-closes the stream: the engine closes the process's input. After its end input goes nowhere. Input that the process keeps is
 * left open, because an engine whose client has no more to say ends the outputs with it.
 */
function inputOf(raw: Duplex, isKept: boolean): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      if (raw.writable) raw.write(chunk, () => done());
      else done();
    },
    final: (done) => {
      if (raw.writable && !isKept) raw.end(() => done());
      else done();
    },
  });
}

async function distribute(
  raw: Duplex,
  outputs: ReadonlyMap<number, PassThrough | undefined>,
  isTerminal: boolean,
): Promise<void> {
  try {
    for await (const { stream, payload } of isTerminal ? asOneStream(raw) : splitOutput(raw)) {
      const output = outputs.get(stream);
      if (output === undefined || output.destroyed || output.write(payload)) continue;
      await new Promise<void>((resolve) => {
        const go = () => {
          output.off('drain', go).off('close', go);
          resolve();
        };
        output.on('drain', go).on('close', go);
      });
    }
  } catch {
    // The stream broke: what the command's state is, the engine knows.
  }
  for (const output of outputs.values()) output?.end();
}

async function* asOneStream(raw: AsyncIterable<Uint8Array>) {
  for await (const payload of raw) yield { stream: 1, payload };
}
