import type { ChaosSite } from '../site/chaos-site.ts';
import type { Fault } from './fault.ts';

/** Whoever is called takes another token than the caller has, until that is renewed. */
export function expireToken(of: keyof ChaosSite['tokens']): Fault {
  return async (site) => await site.tokens[of].expire();
}
