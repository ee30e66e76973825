import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { quoteWord } from '@interlink/sidecar-sdk';
import { MarkedText } from './marked-text.ts';
import type { CommandEnding, CommandOrder, CommandOutput } from './run-command.ts';

/**
 * Begins with a function that runs one command. Programs get the environment as the shell was given it, and are looked for each time;
 * what is not there is not tried, since what a shell says of it is not what a program has said. Both outputs end with the mark.
 */
const script = `unset PWD OLDPWD SHLVL
interlink_run() {
  mark=$1; shift; hash -r
  case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
  if [ $? -eq 0 ]; then "$@" </dev/null; code=$?; else code=none; fi
  printf '%s %s\\n' "$mark" "$code"; printf '%s %s\\n' "$mark" "$code" >&2
}
`;

/** A shell has 128 and the signal's number as the exit code of what a signal has ended. No signal is above 64. */
const [signalled, lastSignal] = [128, 64];

/**
 * A `/bin/sh` that waits for commands on its input, in a process group of its own. Node starts a process by a copy of itself, which takes
 * the longer the more memory it has (11 ms at 150 MiB), and waits meanwhile; a shell is small. It ends with this process.
 */
export class CommandShell {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly env: CommandOrder['env'];
  #failure: Error | undefined;
  #isOver = false;
  #onOver: () => void = () => undefined;

  constructor(env: CommandOrder['env']) {
    this.env = env;
    this.#child = spawn('/bin/sh', [], { env: { ...env }, cwd: '/', detached: true, stdio: 'pipe' });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once('error', (error) => this.#end(error));
    this.#child.once('exit', () => this.#end(undefined));
    stdin.on('error', () => undefined);
    // Whatever outlives its program and has something to say: nobody reads it.
    for (const stream of [stdout, stderr]) stream.resume();
    for (const stream of [stdin, stdout, stderr]) if (stream instanceof Socket) stream.unref();
    this.#child.unref();
    stdin.write(script);
  }

  /** Whether it can run no more commands. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs a command; no other may be under way here. */
  async run({ argv, deadlineMs, maxOutputBytes }: CommandOrder): Promise<CommandOutput> {
    const mark = randomUUID();
    const [stdout, stderr] = [new MarkedText(mark, maxOutputBytes), new MarkedText(mark, maxOutputBytes)];
    const ending = await new Promise<CommandEnding>((resolve) => {
      const finish = (how: CommandEnding) => {
        clearTimeout(deadline);
        this.#onOver = () => undefined;
        for (const [stream, listener] of listeners) stream.off('data', listener);
        resolve(how);
      };
      const giveUp = (how: CommandEnding) => {
        finish(how);
        this.#kill();
      };
      const read = (text: MarkedText) => (bytes: Buffer) => {
        if (!text.add(bytes)) giveUp('overflow');
        else if (stdout.word !== undefined && stderr.word !== undefined) finish(toEnding(stdout.word));
      };
      const listeners = [
        [this.#child.stdout, read(stdout)],
        [this.#child.stderr, read(stderr)],
      ] as const;
      const deadline = setTimeout(() => giveUp('late'), deadlineMs);
      this.#onOver = () => giveUp(this.#failure === undefined ? 'killed' : 'unstarted');
      for (const [stream, listener] of listeners) stream.on('data', listener);
      this.#child.stdin.write(`interlink_run ${[mark, ...argv].map(quoteWord).join(' ')}\n`);
    });
    const exitCode = ending === 'exited' ? Number(stdout.word) : undefined;
    if (ending !== 'unstarted') return { ending, exitCode, stdout: stdout.text, stderr: stderr.text };
    const problem = this.#failure?.message ?? `${argv[0]}: no such program, or it may not be run`;
    return { ending, exitCode, stdout: '', stderr: problem };
  }

  #kill(): void {
    this.#isOver = true;
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.destroy();
  }

  #end(failure: Error | undefined): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#onOver();
  }
}

function toEnding(word: string): CommandEnding {
  if (word === 'none') return 'unstarted';
  return Number(word) > signalled && Number(word) <= signalled + lastSignal ? 'killed' : 'exited';
}
