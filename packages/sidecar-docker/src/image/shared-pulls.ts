import type { EventText } from '@interlink/sidecar-sdk';
import type { TellEvent } from '../pods/pod-events.ts';
import { PullProgress } from './pull-progress.ts';

interface Pull<T> {
  readonly done: Promise<T>;
  readonly cancel: AbortController;
  /** Of those who wait for it. */
  readonly tellers: Set<TellEvent>;
}

/** How a pull is done: `onLine` takes each line of the engine's. */
export type RunPull<T> = (onLine: (line: unknown) => void, signal: AbortSignal) => Promise<T>;

export interface PullWaiter {
  /** Of the image, for events. */
  readonly image: string;
  readonly tell: TellEvent;
  readonly signal: AbortSignal;
}

/** So seldom is told how far a pull is: events are few, and kept by the API server. */
const progressEveryMs = 60_000;

/** Whoever wants what is being pulled already waits for the same pull. It is given up when nobody waits any more. */
export class SharedPulls<T> {
  readonly #pulls = new Map<string, Pull<T>>();
  readonly #now: () => number;

  /** @param now milliseconds, of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param key what is pulled and by which login @throws what `run` throws, the signal's reason when that aborts */
  async pull(key: string, run: RunPull<T>, { image, tell, signal }: PullWaiter): Promise<T> {
    signal.throwIfAborted();
    const pull = this.#running(key) ?? this.#start(key, run, image);
    // One of its own, for the same function may wait twice.
    const teller: TellEvent = (event) => tell(event);
    pull.tellers.add(teller);
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([pull.done, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      pull.tellers.delete(teller);
      if (pull.tellers.size === 0) pull.cancel.abort();
    }
  }

  #running(key: string): Pull<T> | undefined {
    const pull = this.#pulls.get(key);
    return pull?.cancel.signal.aborted === true ? undefined : pull;
  }

  #start(key: string, run: RunPull<T>, image: string): Pull<T> {
    const cancel = new AbortController();
    const tellers = new Set<TellEvent>();
    const done = run(this.#progressTeller(image, tellers), cancel.signal).finally(() => {
      if (this.#pulls.get(key) === pull) this.#pulls.delete(key);
    });
    // Whoever waits hears of a failure; with nobody left it is nobody's.
    done.catch(() => undefined);
    const pull: Pull<T> = { done, cancel, tellers };
    this.#pulls.set(key, pull);
    return pull;
  }

  #progressTeller(image: string, tellers: ReadonlySet<TellEvent>): (line: unknown) => void {
    const progress = new PullProgress();
    let toldAt = this.#now();
    return (line) => {
      progress.note(line);
      if (this.#now() - toldAt < progressEveryMs) return;
      const text = progress.render();
      if (text === undefined) return;
      toldAt = this.#now();
      const event: EventText = { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}": ${text}` };
      for (const tell of tellers) tell(event);
    };
  }
}
