import { describe, expect, it } from 'vitest';
import { listPods, listRunningPods } from './pod-list.ts';
import { containerStatus, lookupOf, samplePod } from './testing/sample-pod.ts';

const pod = samplePod([containerStatus('a', { running: {} }), containerStatus('b', { terminated: { exitCode: 0 } })]);
const empty = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] };

describe('listPods()', () => {
  it('gives a PodList of whole pods', () => {
    expect(listPods(lookupOf([]))).toEqual(empty);
    expect(listPods(lookupOf([{ pod, report: undefined }]))).toEqual({ ...empty, items: [pod] });
  });
});

describe('listRunningPods()', () => {
  it('gives only what runs', () => {
    expect(listRunningPods(lookupOf([{ pod, report: undefined }])).items).toEqual([
      {
        metadata: { namespace: 'ns', name: 'p', uid: 'u' },
        spec: { containers: [{ name: 'a', image: 'busybox', resources: {} }] },
        status: {},
      },
    ]);
    const report = { uid: 'u', namespace: 'ns', name: 'p', status: { containerStatuses: [] } };
    expect(listRunningPods(lookupOf([{ pod, report }]))).toEqual(empty);
  });
});
