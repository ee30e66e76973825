/** The time, and what is to be done at a time; tests have their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @returns what cancels it */
  setTimer(ms: number, task: () => void): () => void;
}

/** Longer ones end at once in Node. */
const maxTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  setTimer: (ms, task) => {
    const timer = setTimeout(task, Math.min(Math.max(ms, 0), maxTimerMs));
    return () => clearTimeout(timer);
  },
};
