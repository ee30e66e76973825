import { expect, test } from 'vitest';
import { runMock } from '../testing/running-mock.ts';
import { requestOf } from '../testing/scripted-mock.ts';

const prefix = '/v2/clusters/c1/nodes/n1';

test('calls of each kind meet the errors of the script, of both generations', async () => {
  const failing = ['delete', 'status', 'log', 'watch'].map(
    (kind) => `  ${kind}: [{ error: resource_exhausted, message: no ${kind} }]`,
  );
  const mock = await runMock(['calls:', ...failing].join('\n'));
  const { pod, volumes } = requestOf();
  const path = `${prefix}/pods/${pod.metadata.uid}`;
  expect((await mock.ask('PUT', path, { pod, volumes })).status).toBe(201);
  const detailOf = async (...[method, where, body]: Parameters<typeof mock.ask>) => {
    const answer = await mock.ask(method, where, body);
    return [answer.status, (answer.body as { detail?: string }).detail];
  };
  expect(await detailOf('GET', `${prefix}/pods`)).toEqual([429, 'no status']);
  expect(await detailOf('GET', `${prefix}/pods?watch=true`)).toEqual([429, 'no watch']);
  expect(await detailOf('GET', `${path}/containers/main/log`)).toEqual([429, 'no log']);
  expect(await detailOf('DELETE', path)).toEqual([429, 'no delete']);
  expect(await detailOf('POST', '/status', [pod])).toEqual([429, 'no status']);
  expect(await detailOf('POST', '/delete', pod)).toEqual([429, 'no delete']);
  expect((await mock.ask('POST', '/status', [])).status).toBe(200);
});

test('a sidecar of v2 has no routes of v1, and a changed file is taken up while it runs', async () => {
  const mock = await runMock('protocol: v2\n');
  expect((await mock.ask('POST', '/status', [])).status).toBe(404);
  expect((await mock.ask('GET', '/v2/capabilities')).body).toMatchObject({ protocolVersions: ['v2'] });
  await mock.rewrite('protocol: v1\n');
  await expect.poll(async () => (await mock.ask('POST', '/status', [])).status).toBe(200);
  expect((await mock.ask('GET', '/v2/capabilities')).status).toBe(404);
});

test('a script may be wrong on purpose, and a wrong script keeps the sidecar from starting', async () => {
  const mock = await runMock('misbehave: ghost-pod\n');
  expect((await mock.ask('GET', `${prefix}/pods`)).body).toMatchObject({ items: [{}] });
  await expect(runMock('misbehave: gost-pod\n')).rejects.toThrow('did you mean ghost-pod?');
});

test('while the backend is away nothing is answered, and pods are there again after it', async () => {
  const mock = await runMock('');
  const { pod, volumes } = requestOf();
  expect((await mock.ask('PUT', `${prefix}/pods/${pod.metadata.uid}`, { pod, volumes })).status).toBe(201);
  const list = async () => await mock.ask('GET', `${prefix}/pods`);
  await mock.rewrite('outages: [{ afterSeconds: 0, forSeconds: 3600 }]');
  await expect.poll(async () => (await list()).status).toBe(503);
  expect((await mock.ask('POST', '/status', [])).status).toBe(503);
  await mock.rewrite('');
  await expect.poll(async () => (await list()).status).toBe(200);
  expect((await list()).body).toMatchObject({ items: [{ uid: pod.metadata.uid }] });
});
