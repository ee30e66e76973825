import type { PodReport, PodUpdate } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { requestOf } from '../testing/memory-backend.ts';
import { startSidecar } from '../testing/running-sidecar.ts';

const owner = { cluster: 'c1', node: 'n1' };

function updateOf(request: ReturnType<typeof requestOf>, generation: number): PodUpdate {
  const { pod } = request;
  return { pod: { ...pod, metadata: { ...pod.metadata, generation } } };
}

/** A sidecar with one pod, whose backend notes each update and acts on it. */
async function startWithPod() {
  const sidecar = await startSidecar();
  const updates: Array<number | 'done'> = [];
  const { backend } = sidecar;
  backend.update = async ({ pod: { metadata } }) => {
    updates.push(metadata.generation);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const known = backend.pods.get(metadata.uid)?.report;
    if (known === undefined) throw new Error('no such pod');
    const report: PodReport = { ...known, status: { ...known.status, observedGeneration: metadata.generation } };
    backend.pods.set(metadata.uid, { owner, report });
    updates.push('done');
    return report;
  };
  const request = requestOf('p');
  const client = sidecar.clientOf(owner);
  await client.createPod(request);
  return { sidecar, client, request, updates };
}

test('an update reaches the backend once per generation, one at a time, and is seen in the list', async () => {
  const { sidecar, client, request, updates } = await startWithPod();
  await using _ = sidecar;
  await Promise.all([3, 4, 4].map(async (generation) => await client.updatePod(updateOf(request, generation))));
  expect(updates).toEqual([3, 'done', 4, 'done']);
  expect((await client.listPods())[0]?.status.observedGeneration).toBe(4);
});

test('an older generation, and the same one again, are a success and change nothing', async () => {
  const { sidecar, client, request, updates } = await startWithPod();
  await using _ = sidecar;
  await client.updatePod(updateOf(request, 5));
  for (const generation of [4, 5]) await client.updatePod(updateOf(request, generation));
  expect(updates).toEqual([5, 'done']);
  const path = `/v2/clusters/c1/nodes/n1/pods/${request.pod.metadata.uid}`;
  const answer = await fetch(`${sidecar.url}${path}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(updateOf(request, 4)),
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ status: { observedGeneration: 5 } });
});

test('the same generation reaches the backend again with credentials of registries, which no report tells of', async () => {
  const { sidecar, client, request, updates } = await startWithPod();
  await using _ = sidecar;
  const registryCredentials = [{ registry: 'reg.example.org', username: 'alice', password: 'open sesame' }];
  await client.updatePod(updateOf(request, 5));
  await client.updatePod({ ...updateOf(request, 5), registryCredentials });
  await client.updatePod({ ...updateOf(request, 4), registryCredentials });
  expect(updates).toEqual([5, 'done', 5, 'done']);
});

test('news that the backend tells while it answers are not overwritten by its answer', async () => {
  const { sidecar, client, request } = await startWithPod();
  await using _ = sidecar;
  const { backend } = sidecar;
  const { uid } = request.pod.metadata;
  backend.update = async () => {
    const known = backend.pods.get(uid)?.report;
    if (known === undefined) throw new Error('no such pod');
    const status = { ...known.status, observedGeneration: 2 };
    const ended = status.containerStatuses.map((each) => ({
      ...each,
      ready: false,
      state: { terminated: { exitCode: 0 } },
    }));
    backend.news?.report({ owner, report: { ...known, status: { ...status, containerStatuses: ended } } });
    return { ...known, status };
  };
  await client.updatePod(updateOf(request, 2));
  expect((await client.listPods())[0]?.status.containerStatuses[0]?.state).toEqual({ terminated: { exitCode: 0 } });
});

test('an update of an unknown pod and of another owner’s is 404, one without a generation or of another UID 400', async () => {
  const { sidecar, client, request, updates } = await startWithPod();
  await using _ = sidecar;
  await expect(client.updatePod(updateOf(requestOf('other'), 2))).rejects.toMatchObject({ code: 'not_found' });
  const stranger = sidecar.clientOf({ cluster: 'c1', node: 'n2' });
  await expect(stranger.updatePod(updateOf(request, 2))).rejects.toMatchObject({ code: 'not_found' });
  const path = `/v2/clusters/c1/nodes/n1/pods/${request.pod.metadata.uid}`;
  for (const body of [request, updateOf(requestOf('other'), 2)]) {
    const answer = await sidecar.target.send({
      ...{ method: 'PATCH', path, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ pod: body.pod }),
    });
    expect(answer.statusCode).toBe(400);
    await answer.body.dump();
  }
  expect(updates).toEqual([]);
});

test('a backend that can’t change pods says so, and goes on', async () => {
  const { sidecar, client, request } = await startWithPod();
  await using _ = sidecar;
  Object.assign(sidecar.backend, { update: undefined });
  await expect(client.updatePod(updateOf(request, 2))).rejects.toMatchObject({
    code: 'unimplemented',
    message: expect.stringContaining('The backend "memory" can\'t change a pod'),
  });
  expect(await client.listPods()).toHaveLength(1);
});
