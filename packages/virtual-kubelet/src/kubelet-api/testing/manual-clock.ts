/** A clock that goes only when it is told to. */
export class ManualClock {
  #nowMs = 0;
  readonly nowMs = (): number => this.#nowMs;

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
