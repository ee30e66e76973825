import type { Logger } from './logger.ts';

/** A condition that may last: logged as a warning when it begins or changes, as information when it is over, not in between. */
export class Trouble {
  readonly #logger: Logger;
  #current: string | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param message constant; what varies is in `detail` */
  begin(message: string, detail: Record<string, unknown> = {}): void {
    const current = `${message} ${JSON.stringify(detail)}`;
    if (current === this.#current) return;
    this.#current = current;
    this.#logger.warn(detail, message);
  }

  /** Without effect when there was no trouble. */
  end(message: string): void {
    if (this.#current === undefined) return;
    this.#current = undefined;
    this.#logger.info(message);
  }
}
