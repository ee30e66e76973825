import { expect, test } from 'vitest';
import { identifyProcess } from '../runner/process-identity.ts';
import { attemptRecord, nobody, podRecord, uid } from '../testing/records.ts';
import { LiveRunners } from './live-runners.ts';

const alive = identifyProcess(process.pid) ?? nobody;
const running = (runner: typeof nobody) =>
  podRecord([
    attemptRecord({ kind: 'running', runner, child: { process: runner, startedAt: '2027-01-01T00:00:00Z' } }),
  ]);

test('LiveRunners tells of a pod whose runner is gone, and of none whose runner lives', () => {
  const runners = new LiveRunners();
  runners.note(uid, running(alive));
  expect(runners.changed()).toEqual([]);
  runners.note(uid, running(nobody));
  expect(runners.changed()).toEqual([uid]);
  runners.forget(uid);
  expect(runners.changed()).toEqual([]);
});

test('LiveRunners tells of a container that is about to start until it has', () => {
  const runners = new LiveRunners();
  runners.note(uid, podRecord([attemptRecord({ kind: 'starting', runner: alive })]));
  expect(runners.changed()).toEqual([uid]);
  runners.note(uid, running(alive));
  expect(runners.changed()).toEqual([]);
});
