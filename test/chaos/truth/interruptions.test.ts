import { describe, expect, test } from 'vitest';
import { concerning, hasCutOff, type Interruption, timesMet } from './interruptions.ts';
import { parseLedgerLine } from './ledger.ts';
import type { Sighting } from './sighting.ts';

const seen = (atS: number, phase: string, isGone = false): Sighting => ({
  ...{ atS, uid: 'u-1', container: 'main', isGone, isDeleted: false, phase },
  ...{ state: 'none', restartCount: 0 },
});
const outage: Interruption = { fromS: 10, toS: 20, ends: 'all' };
const restart: Interruption = { ...outage, ends: 'starts' };

describe('timesMet()', () => {
  test.for<[string, number, Sighting[]]>([
    ['a pod that was never seen', 0, []],
    ['one that was over before', 0, [seen(1, 'Running'), seen(9, 'Succeeded'), seen(30, 'Succeeded', true)]],
    ['one that was gone before', 0, [seen(1, 'Running'), seen(9, 'Running', true)]],
    ['one that was made afterwards', 0, [seen(21, 'Pending')]],
    ['one that ran', 1, [seen(1, 'Running'), seen(12, 'Failed')]],
    ['one that was made meanwhile', 1, [seen(15, 'Pending'), seen(25, 'Succeeded')]],
    ['one whose end is not seen', 1, [seen(1, 'Running')]],
  ])('%s: %i', ([, times, sightings]) => expect(timesMet(sightings, [outage])).toBe(times));

  test('counts each', () => {
    expect(timesMet([seen(1, 'Running')], [outage, { ...restart, toS: 40 }, { ...outage, fromS: 0, toS: 0.5 }])).toBe(
      2,
    );
  });
});

describe('concerning()', () => {
  const [begun, failed] = [seen(1, 'Running'), seen(12, 'Failed')];
  test('leaves out what ends starts, for a pod that was started', () => {
    expect(concerning([begun, failed], [outage, restart])).toEqual([outage]);
  });
  test('has it for one that could not be, once', () => {
    expect(concerning([{ ...begun, reason: 'StartError' }, failed], [outage, restart])).toEqual([outage, restart]);
  });
});

test.for([
  [5, 15, true],
  [5, 25, true],
  [15, 16, true],
  [5, 9, false],
  [21, 25, false],
] as const)('hasCutOff() of an attempt that began at %i, when another begins at %i: %s', ([begun, next, isCutOff]) => {
  const at = (second: number) => parseLedgerLine(`start u-1 main a-${second} ${second}.00`);
  expect(hasCutOff([outage], at(begun), at(next))).toBe(isCutOff);
});
