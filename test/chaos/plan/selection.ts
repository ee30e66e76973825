import { type FaultName, faultNamesOf } from './fault-names.ts';
import { makePlan } from './plan.ts';
import type { SiteKind } from './site-kind.ts';

const searched = 2_000;

/** As few seeds as a greedy choice finds that together meet every fault: for who has five minutes. */
export function selectSeeds(kind: SiteKind = 'process'): number[] {
  const plans = Array.from({ length: searched }, (_, index) => makePlan(index + 1, kind));
  const open = new Set<FaultName>(faultNamesOf[kind]);
  const seeds: number[] = [];
  while (open.size > 0) {
    const gainOf = ({ faults }: (typeof plans)[number]) => faults.filter(({ name }) => open.has(name)).length;
    const best = plans.reduce((left, right) => (gainOf(right) > gainOf(left) ? right : left));
    for (const { name } of best.faults) open.delete(name);
    seeds.push(best.seed);
  }
  return seeds.toSorted((a, b) => a - b);
}
