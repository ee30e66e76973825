import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { quoteWord } from '@interlink/sidecar-sdk';
import type { CommandOrder, CommandOutput } from './run-command.ts';
import { ShellTurn } from './shell-turn.ts';

/** So long what a shell has written before it was killed is waited for: it is in the pipe already, unless others hold that, too. */
const lastWordMs = 1_000;

/**
 * Begins with functions that run one command, the second if the one before has succeeded. Programs get the environment as the shell was given it,
 * and are looked for each time; what is not there is not tried, since what a shell says of it is not what a program has said. Both outputs
 * end with the mark.
 */
const script = `unset PWD OLDPWD SHLVL
interlink_run() {
  mark=$1; shift; hash -r
  case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
  if [ $? -eq 0 ]; then "$@" </dev/null; code=$?; else code=none; fi
  interlink_tell
}
interlink_next() {
  if [ "$code" = 0 ]; then interlink_run "$@"; else mark=$1; code=unbegun; interlink_tell; fi
}
interlink_tell() { printf '%s %s\\n' "$mark" "$code"; printf '%s %s\\n' "$mark" "$code" >&2; }
`;

/**
 * A `/bin/sh` that waits for commands on its input, in a process group of its own. Node starts a process by a copy of itself, which takes
 * the longer the more memory it has (11 ms at 150 MiB), and waits meanwhile; a shell is small. It ends with this process.
 */
export class CommandShell {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly env: CommandOrder['env'];
  #failure: Error | undefined;
  #isOver = false;
  /** Commands that were given and have not ended; the first is under way. */
  readonly #turns: ShellTurn[] = [];
  /** Of a shell that was killed: whose last words are still to be read. */
  #cutOff: ReadonlyArray<ShellTurn> = [];

  constructor(env: CommandOrder['env']) {
    this.env = env;
    this.#child = spawn('/bin/sh', [], { env: { ...env }, cwd: '/', detached: true, stdio: 'pipe' });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once('error', (error) => this.#end(error));
    this.#child.once('exit', () => this.#end(undefined));
    stdin.on('error', () => undefined);
    stdout.on('data', (bytes: Buffer) => this.#read('stdout', bytes));
    stderr.on('data', (bytes: Buffer) => this.#read('stderr', bytes));
    for (const stream of [stdin, stdout, stderr]) if (stream instanceof Socket) stream.unref();
    this.#child.unref();
    stdin.write(script);
  }

  /** Whether it can run no more commands. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isIdle(): boolean {
    return this.#turns.length === 0;
  }

  /** Runs a command; no other may be under way here. */
  async run(order: CommandOrder): Promise<CommandOutput> {
    return await this.#run('interlink_run', order);
  }

  /** Runs a command after the one that is under way here, or was last, if that one exits with 0. */
  async runNext(order: CommandOrder): Promise<CommandOutput> {
    return await this.#run('interlink_next', order);
  }

  async #run(how: 'interlink_run' | 'interlink_next', order: CommandOrder): Promise<CommandOutput> {
    const mark = randomUUID();
    const output = await new Promise<CommandOutput>((resolve) => {
      const turn = new ShellTurn(mark, order, () => this.#giveUp('late'), resolve);
      this.#turns.push(turn);
      if (this.#turns.length === 1) turn.begin();
      this.#child.stdin.write(`${[how, mark, ...order.argv.map(quoteWord)].join(' ')}\n`);
    });
    if (output.ending !== 'unstarted') return output;
    const problem = this.#failure?.message ?? `${order.argv[0]}: no such program, or it may not be run`;
    return { ...output, stdout: '', stderr: problem };
  }

  /** What nobody is there for is of something that has outlived its program. */
  #read(name: 'stdout' | 'stderr', bytes: Buffer): void {
    let rest = bytes;
    for (const turn of this.#isOver ? this.#cutOff : [...this.#turns]) {
      if (rest.length === 0) return;
      rest = turn.read(name, rest);
      if (this.#isOver) continue;
      if (turn.isTooMuch) this.#giveUp('overflow');
      else if (turn.isDone) this.#next(turn);
      if (this.#isOver) return;
    }
  }

  #next(turn: ShellTurn): void {
    this.#turns.shift();
    turn.end();
    this.#turns[0]?.begin();
  }

  #giveUp(how: 'late' | 'overflow' | 'killed' | 'unstarted'): void {
    const [first, ...others] = this.#turns.splice(0);
    this.#kill();
    first?.end(how);
    if (first === undefined || others.length === 0 || how === 'unstarted') {
      for (const turn of others) turn.end(how);
      this.#close();
    } else void this.#endOthers(first, others);
  }

  /** The shell says that a command has succeeded before it begins the next: what it has not said of one, none after that has begun. */
  async #endOthers(first: ShellTurn, others: ReadonlyArray<ShellTurn>): Promise<void> {
    this.#cutOff = [first, ...others];
    const isAllRead = await this.#lastWord();
    let isNextBegun = !isAllRead || first.hasSucceeded;
    for (const turn of others) {
      turn.end(isNextBegun ? 'killed' : 'unbegun');
      isNextBegun &&= !isAllRead || turn.hasSucceeded;
    }
    this.#close();
  }

  /** @returns whether all has come that the shell has written */
  async #lastWord(): Promise<boolean> {
    const { stdout } = this.#child;
    if (stdout.readableEnded) return true;
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, lastWordMs, false);
      stdout.once('end', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #kill(): void {
    this.#isOver = true;
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }

  #close(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.destroy();
  }

  #end(failure: Error | undefined): void {
    this.#isOver = true;
    this.#failure = failure;
    if (!this.isIdle) this.#giveUp(failure === undefined ? 'killed' : 'unstarted');
  }
}
