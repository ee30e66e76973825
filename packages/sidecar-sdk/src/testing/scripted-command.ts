import { PassThrough } from 'node:stream';
import type { AttachOptions, CommandEnd, RemoteCommand, TerminalSize } from '@interlink/protocol';

/** A command in memory that a test plays by hand: what was written to it, what it writes, how it ends. */
export class ScriptedCommand implements RemoteCommand {
  readonly stdin: PassThrough | undefined;
  readonly stdout: PassThrough | undefined;
  readonly stderr: PassThrough | undefined;
  readonly sizes: TerminalSize[] = [];
  readonly #ended = Promise.withResolvers<CommandEnd>();
  readonly #closed = Promise.withResolvers<void>();
  closes = 0;

  constructor(options: AttachOptions) {
    const wanted = (isWanted: boolean) => (isWanted ? new PassThrough() : undefined);
    this.stdin = wanted(options.stdin);
    this.stdout = wanted(options.stdout);
    this.stderr = wanted(options.stderr);
  }

  get ended(): Promise<CommandEnd> {
    return this.#ended.promise;
  }

  /** Resolves when somebody has called {@link close}. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  resize(size: TerminalSize): void {
    this.sizes.push(size);
  }

  close(): void {
    this.closes += 1;
    this.#closed.resolve();
  }

  end(end: CommandEnd): void {
    this.stdout?.end();
    this.stderr?.end();
    this.#ended.resolve(end);
  }

  /** As `cat`: its input is its output, until end-of-file. */
  echo(): this {
    if (this.stdin !== undefined && this.stdout !== undefined) this.stdin.pipe(this.stdout);
    this.stdin?.once('end', () => this.end({ exitCode: 0 }));
    return this;
  }
}
