/** Rings when something has changed, however often; who waits hears it once. */
export class Bell {
  #rung = Promise.withResolvers<void>();

  ring(): void {
    this.#rung.resolve();
  }

  /** Resolves when it has rung since the last time, or with the signal. */
  async heard(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = () => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) resolve();
    await Promise.race([this.#rung.promise, promise]);
    signal.removeEventListener('abort', onAbort);
    this.#rung = Promise.withResolvers();
  }
}
