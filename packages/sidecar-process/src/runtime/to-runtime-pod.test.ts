import { expect, test } from 'vitest';
import { attemptRecord, nobody, podRecord, uid } from '../testing/records.ts';
import { toRuntimePod } from './to-runtime-pod.ts';

const startedAt = '2027-01-01T00:00:01Z';
const ending = { exitCode: 1, startedAt, finishedAt: '2027-01-01T00:00:02Z' };

test.each([
  [{ kind: 'ordered' } as const, { kind: 'created' }],
  [{ kind: 'starting', runner: nobody } as const, { kind: 'starting' }],
  [{ kind: 'running', runner: nobody, child: { process: nobody, startedAt } } as const, { kind: 'running', startedAt }],
  [{ kind: 'ended', ending } as const, { kind: 'ended', ending }],
])('toRuntimePod() shows an attempt that is %j', (state, shown) => {
  const { attempts } = toRuntimePod(podRecord([attemptRecord(state, 3)]));
  const id = `process://${uid}/main/3`;
  expect(attempts).toEqual([
    { container: 'main', number: 3, failuresBefore: 3, id, image: 'busybox', imageId: '', state: shown },
  ]);
});

test('toRuntimePod() gives an attempt the image that the spec has now, so that another is no reason to start anew', () => {
  const containers = [{ name: 'main', image: 'other', command: ['true'] }];
  const { attempts } = toRuntimePod(podRecord([attemptRecord({ kind: 'ordered' })], { containers }));
  expect(attempts[0]?.image).toBe('other');
});

test('toRuntimePod() tells of a deletion until when there is time', () => {
  const record = podRecord([]);
  expect(toRuntimePod(record)).toMatchObject({ sandbox: 'ready', hasRequest: true });
  expect(toRuntimePod(record).deletion).toBeUndefined();
  const stop = { cause: 'deleted', orderedAtMs: 1, killAtMs: 30_001 } as const;
  expect(toRuntimePod({ ...record, stop }).deletion).toEqual({ killAtMs: 30_001 });
});
