import { expect, test } from 'vitest';
import { faultNamesOf } from './fault-names.ts';
import { makePlan } from './plan.ts';
import { selectSeeds } from './selection.ts';
import { siteKinds } from './site-kind.ts';

test.for(siteKinds)('selectSeeds() meets every fault of site %s with few seeds', (kind) => {
  const seeds = selectSeeds(kind);
  const met = new Set(seeds.flatMap((seed) => makePlan(seed, kind).faults.map(({ name }) => name)));
  expect([...met].toSorted()).toEqual(faultNamesOf[kind].toSorted());
  expect(seeds.length).toBeLessThanOrEqual(12);
});
