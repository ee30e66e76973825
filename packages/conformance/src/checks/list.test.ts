import type { Capabilities, ContainerState, PodReport, PodRequest } from '@interlink/protocol';
import { expect, test } from 'vitest';
import type { CheckContext } from '../context.ts';
import { ConformanceFailure } from '../failure.ts';
import type { Caller } from '../http/caller.ts';
import { OwnedPods } from '../pods/owned-pods.ts';
import { listChecks } from './list.ts';

const owner = { cluster: 'c', node: 'n' };
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const waiting = { waiting: { reason: 'Queued' } };

/** Runs the check against a list that shows the pods in these states, one after the other as they are created. */
async function check(name: string, { queues, states }: { queues: boolean; states: ReadonlyArray<ContainerState> }) {
  const created: string[] = [];
  const ask: Caller['ask'] = async ({ method, path, json }) => {
    const answer = { request: `${method} ${path}`, status: 200, contentType: 'application/json', text: '{}' };
    if (method === 'PUT') created.push((json as PodRequest).pod.metadata.uid);
    if (method !== 'GET') return answer;
    const items = created.flatMap((uid, index) => (states[index] === undefined ? [] : [reportOf(uid, states[index])]));
    return { ...answer, text: JSON.stringify({ items }) };
  };
  const caller = { ask } as unknown as Caller;
  const { signal } = new AbortController();
  const more = { image: 'busybox', patienceMs: 50, signal, defer: () => undefined };
  const pods = new OwnedPods({ caller, owner, ...more });
  const site = { capabilities: { queues } as Capabilities };
  const found = listChecks.find((one) => one.name === name);
  await found?.run({ pods, site, caller, signal } as unknown as CheckContext);
}

function reportOf(uid: string, state: ContainerState): PodReport {
  const status = { name: 'main', state, ready: false, restartCount: 0, image: 'busybox', imageID: '' };
  return { uid, namespace: 'ns', name: 'p', status: { containerStatuses: [status] } } as PodReport;
}

const oneOfFive = [waiting, waiting, running, waiting, waiting];

test('list-shows-every-pod holds at a backend that queues, with room for one pod', async () => {
  await expect(check('list-shows-every-pod', { queues: true, states: oneOfFive })).resolves.toBeUndefined();
});

test.each<[string, { queues: boolean; states: ReadonlyArray<ContainerState> }, RegExp]>([
  ['a pod that waits where none does', { queues: false, states: oneOfFive }, /shows pod \S+ running,/],
  ['a pod that is not shown', { queues: true, states: [running, waiting, waiting, waiting] }, /running or waiting/],
  ['a pod without a state', { queues: true, states: [...oneOfFive.slice(1), {}] }, /running or waiting/],
  [
    'a pod that has ended',
    {
      queues: true,
      states: [...oneOfFive.slice(1), { terminated: { exitCode: 1, reason: 'Error' } } as ContainerState],
    },
    /running or waiting/,
  ],
])('list-shows-every-pod fails by %s', async (_, site, wanted) => {
  const failure = await check('list-shows-every-pod', site).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConformanceFailure);
  expect((failure as ConformanceFailure).wanted).toMatch(wanted);
});
