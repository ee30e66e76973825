/** Time as the lifecycle sees it, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after so many milliseconds, at once for what is past. @returns what calls it off */
  setTimer(ms: number, fire: () => void): () => void;
}

/** What `setTimeout` takes; it fires at once for more. */
const longestMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  setTimer: (ms, fire) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      timer = setTimeout(() => (leftMs > longestMs ? wait(leftMs - longestMs) : fire()), Math.min(leftMs, longestMs));
    };
    wait(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
