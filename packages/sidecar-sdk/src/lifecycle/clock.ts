/** Time as the lifecycle sees it, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after so many milliseconds. @returns what calls it off */
  setTimer(ms: number, fire: () => void): () => void;
}

/** What `setTimeout` takes; more would fire at once. */
const longestMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  setTimer: (ms, fire) => {
    const timer = setTimeout(fire, Math.min(Math.max(0, ms), longestMs));
    return () => clearTimeout(timer);
  },
};
