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

/** SIGSTOP, and SIGCONT when the fault is over. */
export function stop(choose: Choose): Fault {
  return async (site) => {
    const continues = choose(site).map((member) => member.pause());
    return () => {
      for (const go of continues) go();
    };
  };
}

/** One InterLink is drained and ended in order while another takes over, and then the other way round. */
export const swapReplicas: Fault = async (site) => {
  const [first, second] = site.members.interlink;
  const startFirst = await first?.kill();
  return async () => {
    await startFirst?.();
    const startSecond = await second?.kill();
    await startSecond?.();
  };
};
