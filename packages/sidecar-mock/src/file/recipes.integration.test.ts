import { expect, test } from 'vitest';
import { recipe } from '../testing/recipes.ts';
import { type RunningMock, runMock } from '../testing/running-mock.ts';
import { requestOf } from '../testing/scripted-mock.ts';

const prefix = '/v2/clusters/c1/nodes/n1';

/** @returns the answer's status, or its code and words when it is an error */
async function create(mock: RunningMock, request = requestOf()): Promise<unknown> {
  const { status, body } = await mock.ask('PUT', `${prefix}/pods/${request.pod.metadata.uid}`, request);
  const { code, detail } = body as { code?: string; detail?: string };
  return status < 300 ? status : { status, code, detail };
}

const v1Create = (request = requestOf()) => ({ pod: request.pod, container: [], jobConfig: {} });

test('recipe: a node with GPUs and a taint, told by both generations', async () => {
  const mock = await runMock(recipe('A node with GPUs and a taint'));
  const taints = [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }];
  expect((await mock.ask('GET', `${prefix}/capabilities`)).body).toMatchObject({
    queues: true,
    pools: [
      {
        name: 'gpu',
        capacity: { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': '8' },
        labels: { 'interlink.eu/partition': 'a100' },
        taints,
      },
    ],
  });
  expect((await mock.ask('POST', '/status', [])).body).toEqual({
    status: 'ok',
    resources: {
      ...{ cpu: '64', memory: '512Gi', pods: '110' },
      accelerators: [{ resourceType: 'nvidia.com/gpu', available: 8 }],
    },
    taints,
  });
});

test('recipe: flaky creates, whichever generation asks', async () => {
  const mock = await runMock(recipe('Flaky creates'));
  const refused = { code: 'resource_exhausted', detail: 'the queue is full' };
  expect(await create(mock)).toMatchObject(refused);
  expect((await mock.ask('POST', '/create', v1Create())).body).toMatchObject(refused);
  expect(await create(mock)).toBe(201);
  expect((await mock.ask('POST', '/create', v1Create())).status).toBe(200);
});

test('recipe: a plugin of v1 has nothing at /v2', async () => {
  const mock = await runMock(recipe('A plugin of v1'));
  expect(await mock.ask('GET', '/v2/capabilities')).toMatchObject({
    status: 404,
    body: { code: 'not_found', detail: 'Nothing answers GET /v2/capabilities' },
  });
  expect(await create(mock)).toMatchObject({ status: 404 });
  const request = requestOf();
  expect((await mock.ask('POST', '/create', v1Create(request))).body).toMatchObject({
    PodUID: request.pod.metadata.uid,
  });
  expect((await mock.ask('POST', '/status', [request.pod])).body).toMatchObject([{ UID: request.pod.metadata.uid }]);
});

test('recipe: a log flood is followed as it is written', async () => {
  const mock = await runMock(recipe('A log flood'));
  const request = requestOf();
  expect(await create(mock, request)).toBe(201);
  const { body } = await mock.open(`${prefix}/pods/${request.pod.metadata.uid}/containers/main/log?follow=true`);
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > 2_000_000) break;
  }
  expect(bytes).toBeGreaterThan(2_000_000);
});
