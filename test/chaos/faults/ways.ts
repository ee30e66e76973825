import { Random } from '../plan/random.ts';
import type { ChaosSite } from '../site/chaos-site.ts';
import type { Way } from '../site/way.ts';
import type { Fault } from './fault.ts';

export type WayName = 'kubelet to api' | keyof ChaosSite['ways'];
export const wayFaults = ['cut', 'half-open', 'resets', 'delay', 'answers lost'] as const;

/** Of all pieces of data one is lost together with its connection. */
const resetShare = 0.01;
/** The same of pieces of answers: what was asked for has been done. */
const lostAnswerShare = 0.3;
const delayMs = 200;

export function onWay(name: WayName, what: (typeof wayFaults)[number]): Fault {
  const wayOf = (site: ChaosSite): Way => (name === 'kubelet to api' ? site.api.way : site.ways[name]);
  return async (site, { seed }) => {
    const way = wayOf(site);
    switch (what) {
      case 'cut':
        return await way.cut();
      case 'half-open':
        return way.silence();
      case 'resets':
        way.resets = { share: resetShare, random: new Random(seed) };
        return () => {
          way.resets = undefined;
        };
      case 'answers lost':
        way.lostAnswers = { share: lostAnswerShare, random: new Random(seed) };
        return () => {
          way.lostAnswers = undefined;
        };
      case 'delay':
        way.delayMs = delayMs;
        return () => {
          way.delayMs = 0;
        };
    }
  };
}
