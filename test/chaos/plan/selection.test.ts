import { expect, test } from 'vitest';
import { faultNames } from './fault-names.ts';
import { makePlan } from './plan.ts';
import { selectSeeds } from './selection.ts';

test('selectSeeds() meets every fault with few seeds', () => {
  const seeds = selectSeeds();
  const met = new Set(seeds.flatMap((seed) => makePlan(seed).faults.map(({ name }) => name)));
  expect([...met].toSorted()).toEqual(faultNames.toSorted());
  expect(seeds.length).toBeLessThanOrEqual(12);
});
