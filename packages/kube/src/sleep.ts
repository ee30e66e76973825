import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms` milliseconds; rejects with an AbortError as soon as `signal` is aborted. Injected where tests need a fake clock. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** The real clock's `Sleep`. Keeps the process alive while it waits. */
export const sleep: Sleep = async (ms, signal) => {
  await delay(ms, undefined, signal === undefined ? {} : { signal });
};
