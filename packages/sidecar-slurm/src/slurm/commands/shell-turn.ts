import { MarkedText } from './marked-text.ts';
import type { CommandEnding, CommandOrder, CommandOutput } from './run-command.ts';

/** A shell has 128 and the signal's number as the exit code of what a signal has ended. No signal is above 64. */
const [signalled, lastSignal] = [128, 64];

/** One command at a {@link CommandShell}. */
export class ShellTurn {
  readonly #order: CommandOrder;
  readonly #onLate: () => void;
  readonly #onEnd: (output: CommandOutput) => void;
  readonly #texts: Readonly<Record<'stdout' | 'stderr', MarkedText>>;
  #deadline: NodeJS.Timeout | undefined;

  constructor(mark: string, order: CommandOrder, onLate: () => void, onEnd: (output: CommandOutput) => void) {
    this.#order = order;
    this.#onLate = onLate;
    this.#onEnd = onEnd;
    const { maxOutputBytes } = order;
    this.#texts = { stdout: new MarkedText(mark, maxOutputBytes), stderr: new MarkedText(mark, maxOutputBytes) };
  }

  /** From now on its time runs. */
  begin(): void {
    this.#order.onBegin?.();
    this.#deadline = setTimeout(() => this.#onLate(), this.#order.deadlineMs);
  }

  /** @returns what is not this command's any more */
  read(name: 'stdout' | 'stderr', bytes: Buffer): Buffer {
    const text = this.#texts[name];
    return text.word === undefined ? text.add(bytes) : bytes;
  }

  get isTooMuch(): boolean {
    return this.#texts.stdout.isTooMuch || this.#texts.stderr.isTooMuch;
  }

  get isDone(): boolean {
    return this.#texts.stdout.word !== undefined && this.#texts.stderr.word !== undefined;
  }

  /** Whether it is known to have exited with 0, whatever it was ended by here. */
  get hasSucceeded(): boolean {
    return this.#texts.stdout.word === '0';
  }

  /** @param how unless it says so itself */
  end(how: CommandEnding = toEnding(this.#texts.stdout.word ?? '')): void {
    clearTimeout(this.#deadline);
    const { stdout, stderr } = this.#texts;
    const exitCode = how === 'exited' ? Number(stdout.word) : undefined;
    this.#onEnd({ ending: how, exitCode, stdout: stdout.text, stderr: stderr.text });
  }
}

function toEnding(word: string): CommandEnding {
  if (word === 'none') return 'unstarted';
  if (word === 'unbegun') return 'unbegun';
  return Number(word) > signalled && Number(word) <= signalled + lastSignal ? 'killed' : 'exited';
}
