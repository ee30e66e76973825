import { type ChildProcess, spawn } from 'node:child_process';
import type { CommandEnding, CommandOrder, CommandOutput } from './run-command.ts';

/** Something that outlives the program may hold its outputs (a shared ssh connection in the background): they are read no longer. */
const afterExitMs = 500;

/** Runs a real process, in a process group of its own. A `RunCommand`. */
export async function runProcess(order: CommandOrder): Promise<CommandOutput> {
  const started = start(order);
  if (started instanceof Error) return unstarted(started);
  return await new Promise((resolve) => {
    const stdout = new BoundedText(order.maxOutputBytes);
    const stderr = new BoundedText(order.maxOutputBytes);
    let exitCode: number | undefined;
    let afterExit: NodeJS.Timeout | undefined;
    const finish = (ending: CommandEnding) => {
      clearTimeout(deadline);
      clearTimeout(afterExit);
      for (const stream of [started.stdout, started.stderr]) stream?.destroy();
      resolve({ ending, exitCode, stdout: stdout.text, stderr: stderr.text });
    };
    const giveUp = (ending: CommandEnding) => {
      killGroup(started);
      finish(ending);
    };
    const deadline = setTimeout(() => giveUp('late'), order.deadlineMs);
    const ended = () => finish(exitCode === undefined ? 'killed' : 'exited');
    started.stdout?.on('data', (bytes: Buffer) => stdout.add(bytes) || giveUp('overflow'));
    started.stderr?.on('data', (bytes: Buffer) => stderr.add(bytes) || giveUp('overflow'));
    started.once('error', (error) => {
      stderr.replace(error.message);
      finish('unstarted');
    });
    started.once('exit', (code) => {
      exitCode = code ?? undefined;
      clearTimeout(deadline);
      afterExit = setTimeout(ended, afterExitMs);
    });
    started.once('close', ended);
  });
}

function start({ argv: [program = '', ...args], env }: CommandOrder): ChildProcess | Error {
  try {
    return spawn(program, args, { env: { ...env }, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    // A NUL in a word.
    return error instanceof Error ? error : new Error(String(error));
  }
}

function unstarted(error: Error): CommandOutput {
  return { ending: 'unstarted', exitCode: undefined, stdout: '', stderr: error.message };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}

class BoundedText {
  readonly #chunks: Buffer[] = [];
  #left: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  /** False when it is too much. */
  add(bytes: Buffer): boolean {
    this.#left -= bytes.length;
    if (this.#left < 0) return false;
    this.#chunks.push(bytes);
    return true;
  }

  replace(text: string): void {
    this.#chunks.splice(0, Number.POSITIVE_INFINITY, Buffer.from(text));
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
