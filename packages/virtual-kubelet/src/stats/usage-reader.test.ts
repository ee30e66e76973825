import type { Pod } from '@interlink/kube';
import { InterLinkError, type NodeStats } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { lookupOf } from '../kubelet-api/testing/sample-pod.ts';
import { UsageReader } from './usage-reader.ts';

const uid = '0f2b6c1e-3a55-4c8e-9d0a-7a1f1f0a9b11';
const pod: Pod = {
  metadata: { namespace: 'ns', name: 'p', uid },
  spec: {
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  },
};
const at = (seconds: number) => new Date(Date.UTC(2027, 0, 1) + seconds * 1_000).toISOString();

function statsOf(
  seconds: number,
  containers: Record<string, [cpu: string, memory: number]>,
  node?: NodeStats['node'],
): NodeStats {
  const measured = Object.entries(containers).map(([name, [usageCoreNanoSeconds, workingSetBytes]]) => ({
    ...{ name, time: at(seconds), startTime: at(0), cpu: { usageCoreNanoSeconds }, memory: { workingSetBytes } },
  }));
  return { ...(node && { node }), pods: [{ uid, namespace: 'other', name: 'other', containers: measured }] };
}

function readerOf(...answers: NodeStats[]) {
  let calls = 0;
  const reader = new UsageReader({
    provider: { stats: async () => answers[Math.min(calls++, answers.length - 1)] as NodeStats },
    pods: lookupOf([{ pod, report: undefined }]),
    own: () => ({ cpuNanoseconds: 1_000n, residentBytes: 10 }),
    now: () => Date.UTC(2027, 0, 1, 1),
  });
  return { reader, calls: () => calls };
}

test('UsageReader takes names from the pod, not from the backend, and only what the pod has', async () => {
  const { reader } = readerOf(statsOf(1, { a: ['5', 6], intruder: ['7', 8] }));
  const { pods } = await reader.read();
  expect(pods).toMatchObject([{ namespace: 'ns', name: 'p', containers: [{ name: 'a', cpuNanoseconds: 5n }] }]);
  expect(pods[0]?.containers).toHaveLength(1);
});

test('UsageReader leaves out pods that this node does not have', async () => {
  const stranger = statsOf(1, { a: ['5', 6] }).pods.map((one) => ({ ...one, uid: uid.replace('0', '1') }));
  const { reader } = readerOf({ pods: stranger });
  expect((await reader.read()).pods).toEqual([]);
});

test('UsageReader takes a zero for what was not measured', async () => {
  const { reader } = readerOf(statsOf(1, { a: ['0', 6], b: ['5', 0] }));
  const [measured] = (await reader.read()).pods;
  expect(measured?.containers).toEqual([]);
  expect(measured?.whole).toBeUndefined();
});

test('UsageReader leaves out a container whose times are none', async () => {
  const { pods } = statsOf(1, { a: ['5', 6], b: ['7', 8] });
  const broken = pods.map((one) => ({
    ...one,
    containers: one.containers.map((measured) =>
      measured.name === 'a' ? { ...measured, time: '2027-13-01T00:00:00Z' } : measured,
    ),
  }));
  const { reader } = readerOf({ pods: broken });
  expect((await reader.read()).pods[0]?.containers.map(({ name }) => name)).toEqual(['b']);
});

test('UsageReader adds containers up to their pod, with the rate between two readings', async () => {
  const { reader } = readerOf(statsOf(1, { a: ['100', 6], b: ['10', 1] }), statsOf(3, { a: ['300', 7], b: ['30', 1] }));
  await reader.read();
  expect((await reader.read()).pods[0]?.whole).toMatchObject({
    ...{ cpuNanoseconds: 330n, cpuNanoCores: 110n, workingSetBytes: 8, timeMs: Date.parse(at(3)) },
  });
});

test('UsageReader takes the backend’s word for the node', async () => {
  const node = { time: at(1), cpu: { usageCoreNanoSeconds: '77' }, memory: { workingSetBytes: 88 } };
  const { reader } = readerOf(statsOf(1, { a: ['5', 6] }, node));
  expect((await reader.read()).node).toMatchObject({
    cpuNanoseconds: 77n,
    workingSetBytes: 88,
    timeMs: Date.parse(at(1)),
  });
});

test('UsageReader adds up the node when the backend does not, and it never falls when a container goes', async () => {
  const { reader } = readerOf(statsOf(1, { a: ['500', 6], b: ['50', 1] }), statsOf(2, { a: ['600', 6] }));
  expect((await reader.read()).node).toMatchObject({ cpuNanoseconds: 1_550n, workingSetBytes: 17 });
  expect((await reader.read()).node).toMatchObject({ cpuNanoseconds: 1_650n, workingSetBytes: 16 });
});

test('UsageReader asks once for all who ask at the same time', async () => {
  const { reader, calls } = readerOf(statsOf(1, {}));
  await Promise.all([reader.read(), reader.read()]);
  expect(calls()).toBe(1);
  await reader.read();
  expect(calls()).toBe(2);
});

test('UsageReader fails as the backend does, and with unimplemented when there is nothing to ask', async () => {
  const options = { pods: lookupOf([]), own: () => ({ cpuNanoseconds: 1n, residentBytes: 1 }) };
  const failing = new UsageReader({
    ...options,
    provider: { stats: () => Promise.reject(new InterLinkError('unavailable', 'gone')) },
  });
  await expect(failing.read()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(new UsageReader({ ...options, provider: {} }).read()).rejects.toMatchObject({ code: 'unimplemented' });
});
