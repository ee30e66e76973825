import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants } from 'node:os';
import {
  type AttachOptions,
  type CommandEnd,
  type ExecOptions,
  InterLinkError,
  type RemoteCommand,
  type TerminalSize,
} from '@interlink/protocol';
import type { PodStreams } from '../../provider.ts';

/** Runs commands as child processes of the test, and forwards ports to this machine's own. */
export class LocalProvider implements PodStreams {
  /** Of all terminals, as they came. */
  readonly sizes: TerminalSize[] = [];
  /** Commands that run. */
  running = 0;
  /** Connections that are open. */
  connections = 0;
  /** What {@link attach} connects to. */
  attached: readonly string[] = ['cat'];

  async exec(_uid: string, _container: string, options: ExecOptions, _signal: AbortSignal): Promise<RemoteCommand> {
    return await this.#run(options.command, options);
  }

  async attach(_uid: string, _container: string, options: AttachOptions, _signal: AbortSignal): Promise<RemoteCommand> {
    return await this.#run(this.attached, options);
  }

  async portForward(_uid: string, port: number, _signal: AbortSignal): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    try {
      await once(socket, 'connect');
    } catch (error) {
      throw new InterLinkError('unavailable', InterLinkError.from(error).message);
    }
    this.connections += 1;
    socket
      .on('error', () => undefined)
      .once('close', () => {
        this.connections -= 1;
      });
    return socket;
  }

  async #run(command: readonly string[], options: AttachOptions): Promise<RemoteCommand> {
    const [program = '', ...args] = options.tty ? underTerminal(command) : command;
    const child = spawn(program, args, { stdio: 'pipe', detached: true });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new InterLinkError('failed_precondition', InterLinkError.from(error).message);
    }
    this.running += 1;
    const ended = new Promise<CommandEnd>((resolve) => {
      child.once('close', (code, signal) => {
        this.running -= 1;
        resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
      });
    });
    if (!options.stdin) child.stdin.end();
    return {
      stdin: options.stdin ? child.stdin : undefined,
      stdout: options.stdout ? child.stdout : undefined,
      stderr: options.stderr ? child.stderr : undefined,
      resize: (size) => this.sizes.push(size),
      ended,
      close: () => {
        if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      },
    };
  }
}

/** Node has no pseudo-terminals: https://man7.org/linux/man-pages/man1/script.1.html */
export function underTerminal(command: readonly string[]): string[] {
  const text = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return ['script', '-qfec', text, '/dev/null'];
}
