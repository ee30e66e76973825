import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosSite } from '../site/chaos-site.ts';
import type { Member } from '../site/member.ts';
import type { Fault } from './fault.ts';

type Choose = (site: ChaosSite) => ReadonlyArray<Member>;

/** `kill -9`, and a start when the fault is over. */
export function kill(choose: Choose): Fault {
  return async (site) => {
    const starts = await Promise.all(choose(site).map((member) => member.kill()));
    return async () => void (await Promise.all(starts.map((start) => start())));
  };
}

const diesEveryMs = 1_200;

/** `kill -9` and a start, which gets as far as it gets until the next `kill -9`. */
export function killAgain(choose: Choose): Fault {
  return async (site) => {
    const over = new AbortController();
    const again = (async () => {
      while (!over.signal.aborted) {
        const starts = await Promise.all(choose(site).map((member) => member.kill()));
        await Promise.all(starts.map((start) => start()));
        await sleep(diesEveryMs, undefined, { signal: over.signal }).catch(() => undefined);
      }
    })();
    return async () => {
      over.abort();
      await again;
    };
  };
}

/** SIGSTOP, and SIGCONT when the fault is over. */
export function stop(choose: Choose): Fault {
  return async (site) => {
    const continues = choose(site).map((member) => member.pause());
    return () => {
      for (const go of continues) go();
    };
  };
}

/** Of two InterLinks one is killed, and the other when the first is started again: each has to do for both. */
export const swapReplicas: Fault = async (site) => {
  const [first, second] = site.members.interlink;
  const startFirst = await first?.kill();
  return async () => {
    await startFirst?.();
    const startSecond = await second?.kill();
    await startSecond?.();
  };
};
