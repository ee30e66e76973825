import { allChecks, countOf } from '@interlink/conformance';
import { misbehaviours } from '@interlink/sidecar-mock';
import { describe, expect, test, vi } from 'vitest';
import { failuresOf, judge } from './mutants.ts';

// Each is a sidecar and 16 checks at once, all in this process: with too many, all of them run out of time.
vi.setConfig({ maxConcurrency: 12 });

// No way to be wrong is known for these that a simulation could show.
const uncaught = ['restart-forgets-pods'];

test('the suite finds nothing wrong with the mock sidecar', async () => {
  const report = await judge();
  expect(failuresOf(report)).toEqual([]);
  expect(countOf(report, 'passed')).toBe(allChecks.length - 1);
});

describe.concurrent('the suite fails, by exactly the checks that are declared, a mock sidecar that misbehaves:', () => {
  test.each(misbehaviours)('$name', async (misbehaviour) => {
    const failures = failuresOf(await judge(misbehaviour));
    const names = failures.map(({ name }) => name).sort();
    expect(names, JSON.stringify(failures, undefined, 2)).toEqual([...misbehaviour.caughtBy].sort());
  });
});

test('every check can fail: each catches at least one misbehaviour', () => {
  const caught = new Set(misbehaviours.flatMap(({ caughtBy }) => caughtBy));
  const idle = allChecks.map(({ name }) => name).filter((name) => !caught.has(name));
  expect(idle).toEqual(uncaught);
});

test('misbehaviours have names of their own, and enough of them', () => {
  const names = misbehaviours.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(25);
});
