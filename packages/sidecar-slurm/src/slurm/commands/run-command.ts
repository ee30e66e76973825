/** One program to run, to its end, with no input. */
export interface CommandOrder {
  /** The program and its arguments; never a shell's text. */
  readonly argv: ReadonlyArray<string>;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Then its whole process group is killed. */
  readonly deadlineMs: number;
  /** Of each of its outputs; a program that writes more is killed. */
  readonly maxOutputBytes: number;
  /**
   * Programs of one queue run one at a time, in the order in which they were given. `isNext`: this one is begun as soon as the one before has
   * exited with 0; if that one fails, it is `unbegun`.
   */
  readonly queue?: { readonly name: string; readonly isNext: boolean };
  /** Called when a program that had to wait in its queue is taken to have begun. */
  onBegin?(): void;
}

/**
 * How it ended:
 * `exited`    by itself
 * `killed`    by a signal that is not ours
 * `late`      its deadline passed
 * `overflow`  it wrote more than it may
 * `unstarted` there is no such program, or it may not be run: nothing happened
 * `unbegun`   the one before it in its queue has failed: nothing happened
 */
export type CommandEnding = 'exited' | 'killed' | 'late' | 'overflow' | 'unstarted' | 'unbegun';

export interface CommandOutput {
  readonly ending: CommandEnding;
  /** Undefined unless it `exited`. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program. Never rejects. Tests give scripted ones. */
export type RunCommand = (order: CommandOrder) => Promise<CommandOutput>;
