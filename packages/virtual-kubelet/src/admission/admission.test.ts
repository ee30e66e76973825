import { expect, test } from 'vitest';
import { Admission, type AdmissionOptions } from './admission.ts';
import { openDoor } from './testing/open-door.ts';
import { asking, capabilities, daemonSetPod, newPod } from './testing/pods.ts';

const { signal } = new AbortController();
const offerOf = (allocatable: Record<string, string>, more = {}) => ({
  offer: () => ({ capabilities: capabilities(more), allocatable }),
});
const admissionOf = (options: Partial<AdmissionOptions>) => new Admission({ ...openDoor, ...options });
const greedy = (uid: string, cpu = '1') => newPod({ containers: [asking('main', { cpu })] }, { uid });
const judgeAll = async (admission: Admission, uids: string[]) =>
  (await Promise.all(uids.map((uid) => admission.judge(greedy(uid), signal)))).map(({ kind }) => kind);

test('Admission.judge() gives the last place to one of many', async () => {
  const kinds = await judgeAll(admissionOf(offerOf({ cpu: '2' })), ['a', 'b', 'c', 'd']);
  expect(kinds).toEqual(['admitted', 'admitted', 'rejected', 'rejected']);
});

test('Admission.judge() lets a pod in once and for all', async () => {
  const allocatable = { cpu: '2' };
  const admission = admissionOf({ offer: () => ({ capabilities: capabilities(), allocatable }) });
  expect(await judgeAll(admission, ['a', 'b'])).toEqual(['admitted', 'admitted']);
  allocatable.cpu = '1';
  expect(await judgeAll(admission, ['a', 'b', 'c'])).toEqual(['admitted', 'admitted', 'rejected']);
  admission.vacate('a');
  admission.vacate('b');
  expect(await judgeAll(admission, ['c'])).toEqual(['admitted']);
});

test('Admission.judge() counts what an earlier run has let in', async () => {
  const admission = admissionOf(offerOf({ cpu: '2' }));
  admission.occupy(greedy('a', '2'));
  expect(await judgeAll(admission, ['a', 'b'])).toEqual(['admitted', 'rejected']);
});

test.each([
  ['a backend that queues', offerOf({ cpu: '1', pods: '1' }, { queues: true })],
  ['a backend that was never heard', {}],
])('Admission.judge() looks for no room at %s', async (_what, options) => {
  expect(await judgeAll(admissionOf(options), ['a', 'b', 'c'])).toEqual(['admitted', 'admitted', 'admitted']);
});

test('Admission.judge() asks for the node as it is now before it fails a pod for a label', async () => {
  let reads = 0;
  const readNode = async () => {
    reads += 1;
    return { name: 'virtual-1', labels: { disk: 'ssd' } };
  };
  const admission = admissionOf({ readNode });
  const wanting = (disk: string) => newPod({ nodeSelector: { disk } }, { uid: disk });
  expect((await admission.judge(wanting('ssd'), signal)).kind).toBe('admitted');
  expect(await admission.judge(wanting('tape'), signal)).toMatchObject({ kind: 'rejected', reason: 'NodeAffinity' });
  expect((await admission.judge(newPod({}, { uid: 'undemanding' }), signal)).kind).toBe('admitted');
  expect(reads).toBe(2);
});

test('Admission.judge() holds back what the backend can’t do, and gives it no room', async () => {
  const admission = admissionOf(offerOf({ pods: '1' }));
  const pod = newPod({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, { uid: 'held' });
  expect(await admission.judge(pod, signal)).toMatchObject({
    kind: 'held',
    waitingReason: 'CreateContainerConfigError',
    event: { reason: 'NotSupportedByBackend', message: expect.stringContaining('hostPath') },
  });
  expect(await judgeAll(admission, ['a'])).toEqual(['admitted']);
});

test.each([
  ['pending', { kind: 'held', waitingReason: 'DaemonSetPodPending', event: { reason: 'DaemonSetPodPending' } }],
  ['run', { kind: 'admitted' }],
  ['report-running', { kind: 'report-only', event: { reason: 'DaemonSetPodNotRun' } }],
] as const)(
  'Admission.judge() of a DaemonSet’s pod that tolerates everything, when that is %s',
  async (daemonSetPods, wanted) => {
    expect(await admissionOf({ daemonSetPods }).judge(daemonSetPod(), signal)).toMatchObject(wanted);
  },
);
