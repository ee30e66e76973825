import type { Clock } from '../clock.ts';

/** How one attempt is ended. Each may fail, and is tried again. */
export interface StopActs {
  /** Undefined: there is no such hook. Its failure is no reason to wait. */
  readonly preStop: ((signal: AbortSignal) => Promise<void>) | undefined;
  terminate(): Promise<void>;
  kill(): Promise<void>;
  onError(error: unknown): void;
}

/** What is left after a `preStop` hook that took all of the time: the kubelet's `minimumGracePeriodInSeconds`. */
const leastAfterHookMs = 2_000;
const retryMs = 1_000;
/** A runtime that has not answered a KILL by then is told again. */
const killLimitMs = 10_000;

interface Stop {
  /** As it was asked for. */
  askedMs: number;
  /** As it is done: a hook that took all of the time makes it later. */
  killAtMs: number;
  readonly over: AbortController;
  /** Aborts when the time is over, and is another when it was shortened. */
  hurry: AbortController;
}

/**
 * Ends a pod's attempts: the hook, the stop signal, and KILL when the time is over. Asked again it only gets shorter.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow
 */
export class Stopper {
  readonly #clock: Clock;
  readonly #stops = new Map<string, Stop>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether this is the beginning of its end */
  stop(id: string, killAtMs: number, acts: StopActs): boolean {
    const underWay = this.#stops.get(id);
    if (underWay !== undefined) {
      if (killAtMs >= underWay.askedMs) return false;
      underWay.askedMs = killAtMs;
      underWay.killAtMs = killAtMs;
      underWay.hurry.abort();
      return false;
    }
    const stop: Stop = { askedMs: killAtMs, killAtMs, over: new AbortController(), hurry: new AbortController() };
    this.#stops.set(id, stop);
    void this.#run(stop, acts);
    return true;
  }

  isStopping(id: string): boolean {
    return this.#stops.has(id);
  }

  /** All others have ended, or are not there any more. */
  forgetAllBut(ids: { has(id: string): boolean }): void {
    for (const [id, { over }] of this.#stops) {
      if (ids.has(id)) continue;
      over.abort();
      this.#stops.delete(id);
    }
  }

  async #run(stop: Stop, acts: StopActs): Promise<void> {
    const isOver = () => stop.over.signal.aborted;
    if (stop.killAtMs > this.#clock.now()) {
      if (acts.preStop !== undefined) await this.#preStop(stop, acts.preStop, acts);
      await this.#until(stop, () => acts.terminate(), acts);
    }
    while (!isOver() && stop.killAtMs > this.#clock.now()) await this.#sleep(stop, stop.killAtMs);
    while (!isOver()) {
      const limitMs = this.#clock.now() + killLimitMs;
      await this.#within(
        stop,
        limitMs,
        attempt(() => acts.kill(), acts),
      );
      await this.#sleep(stop, this.#clock.now() + retryMs);
    }
  }

  async #preStop(stop: Stop, hook: (signal: AbortSignal) => Promise<void>, acts: StopActs): Promise<void> {
    const timeIsOver = new AbortController();
    const hookEnd = attempt(() => hook(AbortSignal.any([timeIsOver.signal, stop.over.signal])), acts).then(() => true);
    let hasEnded = false;
    while (!hasEnded && !stop.over.signal.aborted && stop.killAtMs > this.#clock.now()) {
      hasEnded = (await this.#within(stop, stop.killAtMs, hookEnd)) === true;
    }
    timeIsOver.abort();
    stop.killAtMs = Math.max(stop.killAtMs, this.#clock.now() + leastAfterHookMs);
  }

  /** Until it works or its time is over: a runtime that hangs must not hold back what comes after. */
  async #until(stop: Stop, act: () => Promise<void>, acts: StopActs): Promise<void> {
    let underWay: Promise<boolean> | undefined;
    while (!stop.over.signal.aborted && stop.killAtMs > this.#clock.now()) {
      underWay ??= attempt(act, acts);
      const hasWorked = await this.#within(stop, stop.killAtMs, underWay);
      if (hasWorked === true) return;
      if (hasWorked === undefined) continue;
      underWay = undefined;
      await this.#sleep(stop, this.#clock.now() + retryMs);
    }
  }

  /** Also ends when it was shortened, or is over. */
  async #sleep(stop: Stop, untilMs: number): Promise<void> {
    await this.#within(stop, untilMs, new Promise<never>(() => undefined));
  }

  /** What the act comes to; undefined when the time is over first, was shortened, or the attempt has ended. */
  async #within<T>(stop: Stop, untilMs: number, act: Promise<T>): Promise<T | undefined> {
    if (stop.hurry.signal.aborted) stop.hurry = new AbortController();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const giveUp = () => resolve(undefined);
    const cancel = this.#clock.setTimer(Math.max(0, untilMs - this.#clock.now()), giveUp);
    const signal = AbortSignal.any([stop.over.signal, stop.hurry.signal]);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([act, promise]);
    } finally {
      cancel();
    }
  }
}

async function attempt(act: () => Promise<void>, { onError }: StopActs): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    onError(error);
    return false;
  }
}
