import type { StartTimer } from '@interlink/kube';

export interface SharedReadsOptions {
  /** For how long after it came an answer is shared, in milliseconds. Default 1,000. */
  shareForMs?: number;
  startTimer?: StartTimer;
}

interface Read<T> {
  readonly answer: Promise<T | undefined>;
  readonly abort: AbortController;
  /** How many readers still want the answer. */
  readers: number;
  settled: boolean;
}

/** Lets everybody who wants the same thing at about the same time share one read of it. */
export class SharedReads<T> {
  readonly #reads = new Map<string, Read<T>>();
  readonly #shareForMs: number;
  readonly #startTimer: StartTimer;

  constructor(options: SharedReadsOptions) {
    this.#shareForMs = options.shareForMs ?? 1_000;
    this.#startTimer = options.startTimer ?? startUnrefTimer;
  }

  /**
   * The answer of `start`, or of the read of the same key that is in flight or has just ended. Neither `undefined` nor an error is
   * shared with those who come after it. `start` is aborted when all who wait for it were.
   */
  async read(
    key: string,
    start: (signal: AbortSignal) => Promise<T | undefined>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    signal.throwIfAborted();
    const read = this.#reads.get(key) ?? this.#start(key, start);
    read.readers += 1;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([read.answer, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      read.readers -= 1;
      if (read.readers === 0 && !read.settled) {
        this.#drop(key, read);
        read.abort.abort();
      }
    }
  }

  /** Readers from now on start a new read; those who wait already get what they wait for. */
  forget(key: string): void {
    this.#reads.delete(key);
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T | undefined>): Read<T> {
    const abort = new AbortController();
    const read: Read<T> = { answer: callAsync(() => start(abort.signal)), abort, readers: 0, settled: false };
    this.#reads.set(key, read);
    read.answer.then(
      (answer) => {
        read.settled = true;
        if (answer === undefined) this.#drop(key, read);
        else this.#startTimer(() => this.#drop(key, read), this.#shareForMs);
      },
      () => {
        read.settled = true;
        this.#drop(key, read);
      },
    );
    return read;
  }

  #drop(key: string, read: Read<T>): void {
    if (this.#reads.get(key) === read) this.#reads.delete(key);
  }
}

const startUnrefTimer: StartTimer = (fire, ms) => {
  const timer = setTimeout(fire, ms).unref();
  return () => clearTimeout(timer);
};

async function callAsync<T>(call: () => Promise<T>): Promise<T> {
  return await call();
}
