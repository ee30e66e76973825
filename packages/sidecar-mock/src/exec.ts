import { PassThrough, type Readable } from 'node:stream';
import type { AttachOptions, CommandEnd, ExecOptions, RemoteCommand } from '@interlink/sidecar-sdk';
import type { PodScript } from './script.ts';

const chunk = Buffer.alloc(64 * 1024);

/**
 * Plays a command: `cat` gives its input back, `head -c N /dev/zero` gives N bytes, `sleep` runs until it is left; any other
 * writes `exec-output`, or itself, and ends with `exec-exit-code`. @param over the pod's end, which ends it with 137
 */
export function playCommand(options: ExecOptions, script: PodScript, over: AbortSignal): RemoteCommand {
  const command = new MockCommand(options, over);
  const [program, ...rest] = options.command;
  const size = /^-c (\d+) \/dev\/zero$/.exec(rest.join(' '))?.[1];
  if (program === 'cat' && rest.length === 0) command.echo();
  else if (program === 'head' && size !== undefined) void command.fill(Number(size));
  else if (program !== 'sleep') {
    command.stdout?.write(script.execOutput ?? `${options.command.join(' ')}\n`);
    command.end({ exitCode: script.execExitCode });
  }
  return command;
}

/** Attached, a container gives its input back and writes its log anew, until it is left or the pod ends. */
export function playAttachment(options: AttachOptions, log: string, over: AbortSignal): RemoteCommand {
  const command = new MockCommand(options, over, { exitCode: 0 });
  command.stdout?.write(log);
  command.stdin?.pipe(command.stdout ?? new PassThrough().resume(), { end: false });
  return command;
}

class MockCommand implements RemoteCommand {
  readonly stdin: PassThrough | undefined;
  readonly stdout: PassThrough | undefined;
  readonly stderr: PassThrough | undefined;
  readonly #ended = Promise.withResolvers<CommandEnd>();
  readonly #over: AbortSignal;
  readonly #leave: () => void;

  constructor(options: AttachOptions, over: AbortSignal, lastEnd: CommandEnd = { exitCode: 137 }) {
    this.stdin = options.stdin ? new PassThrough() : undefined;
    this.stdout = options.stdout ? new PassThrough() : undefined;
    this.stderr = options.stderr ? new PassThrough() : undefined;
    this.#over = over;
    this.#leave = () => this.end(lastEnd);
    over.addEventListener('abort', this.#leave, { once: true });
  }

  get ended(): Promise<CommandEnd> {
    return this.#ended.promise;
  }

  resize(): void {
    // Nobody looks at it.
  }

  close(): void {
    this.#leave();
  }

  end(end: CommandEnd): void {
    this.#over.removeEventListener('abort', this.#leave);
    this.stdout?.end();
    this.stderr?.end();
    this.#ended.resolve(end);
  }

  echo(): void {
    const input: Readable | undefined = this.stdin;
    if (input === undefined) {
      this.end({ exitCode: 0 });
      return;
    }
    input.once('end', () => this.end({ exitCode: 0 }));
    if (this.stdout === undefined) input.resume();
    else input.pipe(this.stdout, { end: false });
  }

  async fill(size: number): Promise<void> {
    const { stdout } = this;
    for (let left = size; left > 0 && stdout !== undefined && stdout.writable; left -= chunk.length) {
      await new Promise<void>((resolve) => void stdout.write(chunk.subarray(0, left), () => resolve()));
    }
    this.end({ exitCode: 0 });
  }
}
