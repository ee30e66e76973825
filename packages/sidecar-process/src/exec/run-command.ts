import type { Readable } from 'node:stream';
import { InterLinkError } from '@interlink/sidecar-sdk';
import type { RunningAttempt } from '../folder/pod-record.ts';
import { startCommand } from './start-command.ts';

/** What is kept of a command's output, as much as the kubelet keeps. */
const maxOutputBytes = 10 * 1024;

/**
 * Runs a command beside the container's own to its end, for probes and hooks.
 * @throws InterLinkError `not_found` for a program that is not there, or why the signal aborted: the command is hung up on then
 */
export async function runCommand(
  running: RunningAttempt,
  argv: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const options = { command: [...argv], stdin: false, stdout: true, stderr: true, tty: false };
  const command = await startCommand(running, options, signal);
  const output = collect([command.stdout, command.stderr]);
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    command.close();
    aborted.reject(InterLinkError.from(signal.reason));
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const end = await Promise.race([command.ended, aborted.promise]);
    if ('error' in end) throw end.error;
    return { exitCode: end.exitCode, output: output() };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Reads both streams to their ends and keeps the beginning. @returns what came until now */
function collect(streams: ReadonlyArray<Readable | undefined>): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (const stream of streams) {
    stream?.on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(0, maxOutputBytes - bytes);
      bytes += kept.length;
      if (kept.length > 0) chunks.push(kept);
    });
  }
  return () => Buffer.concat(chunks).toString();
}
