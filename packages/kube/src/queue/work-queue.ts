import { Backoff } from '../backoff.ts';
import { KeyFifo } from './key-fifo.ts';

/** Calls `fire` after `ms` milliseconds unless the returned function is called before. */
export type StartTimer = (fire: () => void, ms: number) => () => void;

/** Told of what goes through a queue, for metrics. Must not throw. */
export interface QueueObserver {
  /** Once, at the beginning. @param depth how many keys wait for a worker, whenever it is called */
  onQueue(depth: () => number): void;
  /** A key that did not wait already. */
  onAdd(): void;
  onStart(waitedMs: number): void;
  onDone(workedMs: number): void;
  /** A key failed and will be tried again. */
  onRetry(): void;
}

export interface WorkQueueOptions {
  /** Most keys in work at one time. */
  concurrency: number;
  /** Brings one key up to date. A rejection means: try again later. The signal is that of `run`. */
  process(key: string, signal: AbortSignal): Promise<void>;
  /** Told of each rejection; `attempt` counts from 1 and starts anew after a success. Must not throw. */
  onError?(key: string, err: unknown, attempt: number): void;
  observer?: QueueObserver | undefined;
  /** Wait between the tries of one key. Default 100 ms, doubled up to 30 s, each stretched by up to a half. */
  backoff?: { baseMs: number; maxMs: number };
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: () => number;
  /** A clock in milliseconds. Default `performance.now`. */
  now?: () => number;
  /** Default `setTimeout`. */
  startTimer?: StartTimer;
}

/**
 * A queue of keys to bring up to date. A key is in work at most once at a time; a key that is added while in work is processed once
 * more afterwards; a key that fails is retried for ever. Only retries wait, first tries never do.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #ready = new KeyFifo();
  readonly #working = new Set<string>();
  readonly #again = new Set<string>();
  /** When each waiting key was added. */
  readonly #addedAt = new Map<string, number>();
  readonly #timers = new Map<string, { dueAt: number; cancel: () => void }>();
  readonly #backoffs = new Map<string, Backoff>();
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  #signal: AbortSignal | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#startTimer = options.startTimer ?? startRealTimer;
    options.observer?.onQueue(() => this.#addedAt.size);
  }

  /** Keys that wait for a worker, keys in work, and keys that wait for a timer. */
  get size(): number {
    return this.#ready.size + this.#working.size + this.#timers.size;
  }

  /** Queues the key now; a pending delay or back-off of it is over. */
  add(key: string): void {
    this.#cancelTimer(key);
    if (!this.#addedAt.has(key)) {
      this.#addedAt.set(key, this.#now());
      this.#options.observer?.onAdd();
    }
    if (this.#working.has(key)) this.#again.add(key);
    else this.#ready.push(key);
    this.#startWork();
  }

  /** Queues the key after `delayMs` milliseconds. The earliest of several calls counts, and a key that is queued already is. */
  addAfter(key: string, delayMs: number): void {
    if (this.#signal?.aborted) return;
    if (this.#ready.has(key) || this.#again.has(key)) return;
    const dueAt = this.#now() + delayMs;
    const pending = this.#timers.get(key);
    if (pending !== undefined && pending.dueAt <= dueAt) return;
    pending?.cancel();
    this.#timers.set(key, { dueAt, cancel: this.#startTimer(() => this.add(key), Math.max(0, delayMs)) });
  }

  /** Drops the key's back-off and any timer of it. A key that is ready or in work stays so. */
  forget(key: string): void {
    this.#backoffs.delete(key);
    this.#cancelTimer(key);
  }

  /** Works until aborted, then drops all timers, waits for the keys in work and resolves. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await new Promise<void>((resolve) => {
      const finish = () => {
        for (const { cancel } of this.#timers.values()) cancel();
        this.#timers.clear();
        this.#onIdle = resolve;
        if (this.#working.size === 0) resolve();
      };
      if (signal.aborted) return finish();
      signal.addEventListener('abort', finish, { once: true });
      this.#startWork();
    });
  }

  #startWork(): void {
    const signal = this.#signal;
    while (signal !== undefined && !signal.aborted && this.#working.size < this.#options.concurrency) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      this.#working.add(key);
      void this.#work(key, signal);
    }
  }

  async #work(key: string, signal: AbortSignal): Promise<void> {
    const startedAt = this.#now();
    this.#options.observer?.onStart(startedAt - (this.#addedAt.get(key) ?? startedAt));
    this.#addedAt.delete(key);
    try {
      await this.#options.process(key, signal);
      this.#backoffs.delete(key);
    } catch (err) {
      if (!signal.aborted) this.#fail(key, err);
    } finally {
      this.#options.observer?.onDone(this.#now() - startedAt);
      this.#working.delete(key);
      if (this.#again.delete(key)) this.add(key);
      if (this.#working.size === 0) this.#onIdle?.();
      this.#startWork();
    }
  }

  #fail(key: string, err: unknown): void {
    const backoff = this.#backoffs.get(key) ?? this.#newBackoff();
    this.#backoffs.set(key, backoff);
    this.addAfter(key, backoff.next());
    this.#options.observer?.onRetry();
    this.#options.onError?.(key, err, backoff.attempts);
  }

  #newBackoff(): Backoff {
    const { backoff = { baseMs: 100, maxMs: 30_000 }, random = Math.random } = this.#options;
    return new Backoff({ ...backoff, jitter: 0.5, random, now: this.#now });
  }

  #cancelTimer(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }
}

const startRealTimer: StartTimer = (fire, ms) => {
  const timer = setTimeout(fire, ms);
  return () => clearTimeout(timer);
};
