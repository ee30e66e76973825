import { describe, expect, test } from 'vitest';
import type { PodLife } from '../plan/pod-life.ts';
import { breachesOf } from './invariants.ts';
import { parseLedgerLine } from './ledger.ts';
import type { PodTruth } from './outcome.ts';
import type { Sighting } from './sighting.ts';

const uid = 'u-1';
const life: PodLife = {
  name: 'p-00',
  backend: 'real',
  createAtMs: 0,
  runMs: 1_000,
  exitCode: 3,
  failures: 0,
  helper: undefined,
  obeysTerm: true,
  deletion: undefined,
};
const deleted: PodLife = { ...life, deletion: { atMs: 500, graceSeconds: 2 } };
const repeated: PodLife = { ...life, exitCode: 0, failures: 1 };
/** While it ran. */
const cutOff: Partial<PodTruth> = { interruptions: [{ fromS: -1, toS: 0.5, ends: 'all' }] };
const notStarted: Partial<PodTruth> = { interruptions: [{ fromS: -1, toS: 0.5, ends: 'starts' }] };
const mock: PodLife = { ...life, backend: 'mock' };

const seen = (phase: string, more: Partial<Sighting> = {}): Sighting => ({
  atS: 0,
  uid,
  container: 'main',
  isGone: false,
  isDeleted: false,
  phase,
  state: 'none',
  restartCount: 0,
  ...more,
});
const pending = seen('Pending', { state: 'waiting' });
const running = seen('Running', { state: 'running', containerID: 'c-0' });
const failed = seen('Failed', { state: 'terminated', exitCode: 3, containerID: 'c-0' });
const gone: Sighting = { ...failed, isGone: true };
const ended = (exitCode: number | undefined) => ({ ...failed, exitCode });
/** A line a second. */
const ledger = (...lines: string[]) =>
  lines.map((line, index) => parseLedgerLine(`${line.replace(' ', ` ${uid} main `)} ${index}.00`));
const startError = { ...failed, exitCode: 128, reason: 'StartError' };
const once = ledger('start 7', 'end 7');

/** The invariants that such a truth breaks. */
function broken(truth: Partial<PodTruth>): string[] {
  const whole = {
    uid,
    life,
    sightings: [pending, running, failed],
    ledger: once,
    creates: 1,
    interruptions: [],
    ...truth,
  };
  return [...new Set(breachesOf(whole).map(({ invariant }) => invariant))];
}

describe('breachesOf() finds nothing in', () => {
  test.for<[string, Partial<PodTruth>]>([
    ['a pod that ran once and ended as it must', {}],
    ['one of which only the end was seen', { sightings: [pending, failed] }],
    [
      'a deleted one that never began',
      { life: deleted, sightings: [pending, { ...pending, isGone: true }], ledger: [] },
    ],
    ['a deleted one that ended by itself', { life: deleted, sightings: [pending, running, failed, gone] }],
    [
      'a deleted one that obeyed',
      {
        life: deleted,
        sightings: [running, ended(143), { ...ended(143), isGone: true }],
        ledger: ledger('start 7', 'term 7'),
      },
    ],
    [
      'a deleted one that was killed',
      {
        life: { ...deleted, obeysTerm: false },
        sightings: [running, ended(137), { ...ended(137), isGone: true }],
        ledger: ledger('start 7'),
      },
    ],
    [
      'one that failed once and is to be repeated',
      {
        life: repeated,
        ledger: ledger('start 7', 'end 7', 'start 8', 'end 8'),
        sightings: [
          running,
          { ...running, state: 'terminated', exitCode: 9 },
          { ...running, state: 'waiting' },
          { ...running, restartCount: 1, containerID: 'c-1' },
          { ...failed, phase: 'Succeeded', exitCode: 0, restartCount: 1, containerID: 'c-1' },
        ],
      },
    ],
    ['one that the mock played', { life: mock, ledger: [] }],
    ['one that was cut off', { ...cutOff, sightings: [running, ended(137)], ledger: ledger('start 7') }],
    ['one that was cut off before it began', { ...cutOff, sightings: [pending, ended(undefined)], ledger: [] }],
    ['one whose start was cut off', { ...notStarted, sightings: [pending, startError], ledger: [] }],
    [
      'one that was cut off and is to be repeated',
      {
        ...cutOff,
        life: repeated,
        ledger: ledger('start 7', 'start 8', 'end 8', 'start 9', 'end 9'),
        sightings: [
          { ...running, restartCount: 2, containerID: 'c-2' },
          { ...failed, phase: 'Succeeded', exitCode: 0, restartCount: 2, containerID: 'c-2' },
        ],
      },
    ],
  ])('%s', ([, truth]) => expect(broken(truth)).toEqual([]));
});

describe('breachesOf() finds', () => {
  test.for<[string, string[], Partial<PodTruth>]>([
    ['a pod that is gone and was not deleted', ['lost'], { sightings: [pending, running, failed, gone] }],
    ['one that is said to have ended and never began', ['lost'], { ledger: [] }],
    ['one that never ends', ['stuck'], { sightings: [pending, running] }],
    ['one that was never seen', ['stuck'], { sightings: [] }],
    ['one that was deleted and stays', ['stuck'], { life: deleted }],
    ['two starts', ['doubled'], { ledger: ledger('start 7', 'end 7', 'start 8', 'end 8') }],
    [
      'two attempts at the same time',
      ['doubled'],
      {
        life: repeated,
        sightings: [running, { ...ended(0), phase: 'Succeeded' }],
        ledger: ledger('start 7', 'start 8', 'end 7', 'end 8'),
      },
    ],
    ['two creates', ['doubled'], { life: mock, ledger: [], creates: 2 }],
    ['a restart of what must not be restarted', ['doubled'], { sightings: [running, { ...failed, restartCount: 1 }] }],
    ['Pending after Running', ['backwards'], { sightings: [running, pending, running, failed] }],
    ['Running after the end', ['backwards'], { sightings: [running, failed, running, failed] }],
    ['a container that waits again', ['backwards'], { sightings: [running, { ...running, state: 'waiting' }, failed] }],
    ['a restartCount that falls', ['backwards', 'doubled'], { sightings: [{ ...running, restartCount: 1 }, failed] }],
    ['another container', ['backwards'], { sightings: [running, { ...failed, containerID: 'c-1' }] }],
    ['an exit code that changes', ['backwards', 'exit code'], { sightings: [running, ended(137), failed] }],
    ['one that has begun and is called a failed start', ['exit code'], { ...notStarted, sightings: [startError] }],
    ['a failed start for no reason', ['exit code', 'lost'], { sightings: [startError], ledger: [] }],
    ['one that was cut off and runs twice', ['doubled'], { ...cutOff, ledger: ledger('start 7', 'start 8', 'end 8') }],
    ['one that was cut off and did not fail', ['lost', 'stuck'], { ...cutOff, sightings: [running], ledger: [] }],
    [
      'one that is said to have done its work, and was cut off',
      ['exit code', 'stuck'],
      { ...cutOff, sightings: [running, { ...ended(0), phase: 'Succeeded' }], ledger: ledger('start 7') },
    ],
    [
      'one that was killed and would have heeded TERM',
      ['not told'],
      { life: deleted, sightings: [running, ended(137), { ...ended(137), isGone: true }], ledger: ledger('start 7') },
    ],
    ['a wrong exit code', ['exit code'], { sightings: [running, ended(137)] }],
    [
      'the exit code of TERM where the command has said that it ended by itself',
      ['exit code'],
      { life: deleted, sightings: [running, ended(143), { ...ended(143), isGone: true }] },
    ],
  ])('%s', ([, invariants, truth]) => expect(broken(truth).toSorted()).toEqual(invariants));
});
