import type { NodeStats, PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { MemoryBackend } from '../testing/memory-backend.ts';
import { PodStats } from './pod-stats.ts';

const owner = { cluster: 'c', node: 'n' };
const time = '2027-01-01T00:00:00Z';

function report(uid: string, running: boolean): PodReport {
  const state = running ? { running: {} } : { terminated: { exitCode: 0 } };
  const status = { name: 'main', state, ready: running, restartCount: 0, image: '', imageID: '' };
  return { uid, namespace: 'ns', name: `pod-${uid}`, status: { containerStatuses: [status] } };
}

function measured(uid: string, ...containers: string[]): NodeStats['pods'][number] {
  const usage = { time, startTime: time, cpu: { usageCoreNanoSeconds: '1' }, memory: { workingSetBytes: 1 } };
  return { uid, namespace: 'x', name: 'x', containers: containers.map((name) => ({ name, ...usage })) };
}

function statsOf(answer: NodeStats | Error, reports: PodReport[]) {
  let calls = 0;
  let nowMs = 0;
  const backend = Object.assign(new MemoryBackend(), {
    stats: async () => {
      calls += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const stats = new PodStats(
    backend,
    () => reports,
    () => nowMs,
  );
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { stats, calls: () => calls, advance };
}

test('PodStats keeps to the owner’s pods and to containers that run, under their own names', async () => {
  const pods = [measured('a', 'main', 'other'), measured('b', 'main'), measured('c', 'main')];
  const { stats } = statsOf({ pods }, [report('a', true), report('b', false)]);
  const answer = await stats.of(owner);
  expect(answer.pods.map(({ name, containers }) => [name, containers.map((one) => one.name)])).toEqual([
    ['pod-a', ['main']],
    ['pod-b', []],
  ]);
});

test('PodStats measures once in two seconds for each owner, however many ask', async () => {
  const { stats, calls, advance } = statsOf({ pods: [] }, []);
  await Promise.all([stats.of(owner), stats.of(owner), stats.of({ ...owner, node: 'm' })]);
  expect(calls()).toBe(2);
  advance(1_999);
  await stats.of(owner);
  expect(calls()).toBe(2);
  advance(1);
  await stats.of(owner);
  expect(calls()).toBe(3);
});

test('PodStats asks again at once after a failure', async () => {
  const { stats, calls } = statsOf(new Error('gone'), []);
  await expect(stats.of(owner)).rejects.toThrow('gone');
  await expect(stats.of(owner)).rejects.toThrow('gone');
  expect(calls()).toBe(2);
});

test('PodStats of a backend that can’t measure is unimplemented', async () => {
  const stats = new PodStats(new MemoryBackend(), () => []);
  await expect(stats.of(owner)).rejects.toMatchObject({ code: 'unimplemented' });
});
