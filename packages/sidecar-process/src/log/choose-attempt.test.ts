import type { ContainerStatus } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { toRuntimePod } from '../runtime/to-runtime-pod.ts';
import { attemptRecord, podRecord, uid } from '../testing/records.ts';
import { chooseAttempt } from './choose-attempt.ts';

const ending = { exitCode: 1, startedAt: '2027-01-01T00:00:01Z', finishedAt: '2027-01-01T00:00:02Z' };
const ended = { kind: 'ended', ending } as const;
const idOf = (number: number) => `process://${uid}/main/${number}`;
const statusOf = (parts: Partial<ContainerStatus>): ContainerStatus => ({
  ...{ name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state: {} },
  ...parts,
});

describe('chooseAttempt()', () => {
  const pod = toRuntimePod(
    podRecord([attemptRecord({ kind: 'ordered' }, 2), attemptRecord(ended, 1), attemptRecord(ended)]),
  );

  test('takes the attempt that the status shows, not a newer one that has not begun', () => {
    expect(chooseAttempt(pod, statusOf({ containerID: idOf(1) }), false).number).toBe(1);
  });

  test('takes for the previous one that of lastState, which is the shown one while a container backs off', () => {
    const lastState = { terminated: { ...ending, reason: 'Error', containerID: idOf(1) } };
    expect(chooseAttempt(pod, statusOf({ containerID: idOf(1), lastState }), true).number).toBe(1);
  });

  test('refuses in the kubelet’s words what has not begun', () => {
    const waiting = statusOf({ containerID: idOf(2), state: { waiting: { reason: 'PodInitializing' } } });
    expect(() => chooseAttempt(pod, waiting, false)).toThrow(
      'container "main" in pod "p" is waiting to start: PodInitializing',
    );
    expect(() => chooseAttempt(pod, waiting, true)).toThrow(
      'previous terminated container "main" in pod "p" not found',
    );
  });
});
