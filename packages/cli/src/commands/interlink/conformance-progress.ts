import type { CheckResult } from '@interlink/conformance';

/** A terminal, or what has none: then nothing is shown. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that tells how far the suite is, for somebody who waits; what has failed is told as it fails. */
export class ConformanceProgress {
  readonly #output: ProgressOutput;
  #done = 0;
  #failed = 0;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  readonly onResult = ({ name, outcome }: Pick<CheckResult, 'name' | 'outcome'>): void => {
    this.#done += 1;
    if (outcome === 'failed') {
      this.#failed += 1;
      this.#show(`  FAIL  ${name}\n`);
    }
    this.#show(`${this.#done} checks have ended, ${this.#failed} of them failed …`);
  };

  /** The line goes: the report takes its place. */
  end(): void {
    this.#show('');
  }

  #show(text: string): void {
    // ECMA-48: to the first column, and clear what is there.
    if (this.#output.isTTY === true) this.#output.write(`\r\u001b[K${text}`);
  }
}
