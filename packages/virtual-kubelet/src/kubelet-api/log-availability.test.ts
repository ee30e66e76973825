import type { PodReport } from '@interlink/protocol';
import { describe, expect, it } from 'vitest';
import { refuseMissingLog } from './log-availability.ts';
import { containerStatus, samplePod } from './testing/sample-pod.ts';

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const terminated = { terminated: { exitCode: 1 } };
const waiting = (reason: string) => ({ waiting: { reason } });

describe('refuseMissingLog()', () => {
  it.each([
    ['running', running, undefined, undefined],
    ['terminated', terminated, undefined, undefined],
    ['waiting for its next start', waiting('CrashLoopBackOff'), terminated, undefined],
    ['being created', waiting('ContainerCreating'), undefined, 'is waiting to start: ContainerCreating'],
    ['without image', waiting('ErrImagePull'), undefined, "is waiting to start: image can't be pulled"],
    [
      'backing off its image',
      waiting('ImagePullBackOff'),
      undefined,
      'is waiting to start: trying and failing to pull image',
    ],
    ['in no state', {}, undefined, 'is waiting to start - no logs yet'],
  ])('a container that is %s', (_what, state, lastState, text) => {
    const pod = samplePod([containerStatus('c', state, lastState)]);
    const expected = text && { status: 400, text: `container "c" in pod "p" ${text}` };
    expect(refuseMissingLog({ pod, report: undefined }, 'c', false)).toEqual(expected);
  });

  it('wants a terminated instance for the previous log', () => {
    const never = samplePod([containerStatus('c', running)]);
    expect(refuseMissingLog({ pod: never, report: undefined }, 'c', true)).toEqual({
      status: 400,
      text: 'previous terminated container "c" in pod "p" not found',
    });
    const once = samplePod([containerStatus('c', running, terminated)]);
    expect(refuseMissingLog({ pod: once, report: undefined }, 'c', true)).toBeUndefined();
  });

  it('refuses a container that the pod does not have with 404', () => {
    const pod = samplePod([containerStatus('c', running)]);
    expect(refuseMissingLog({ pod, report: undefined }, 'd', false)).toEqual({
      status: 404,
      text: 'container "d" not found in pod "p"',
    });
  });

  it('says that a container without any status is not available yet', () => {
    const pod = samplePod([containerStatus('c', running)]);
    const text = 'container "c" in pod "p" is not available';
    expect(refuseMissingLog({ pod: { ...pod, status: {} }, report: undefined }, 'c', false)?.text).toBe(text);
  });

  it('believes the backend more than the Kubernetes API', () => {
    const pod = samplePod([containerStatus('c', waiting('ContainerCreating')), containerStatus('d', running)]);
    const status = { name: 'c', state: running, ready: true, restartCount: 0, image: 'busybox', imageID: '' };
    const report: PodReport = { uid: 'u', namespace: 'ns', name: 'p', status: { containerStatuses: [status] } };
    expect(refuseMissingLog({ pod, report }, 'c', false)).toBeUndefined();
    expect(refuseMissingLog({ pod, report }, 'd', false)).toBeUndefined();
  });
});
