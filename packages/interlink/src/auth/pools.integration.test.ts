import type { HttpTarget } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { startForTenants } from '../testing/two-tenants.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const pools = ['a100', 'cpu'].map((name) => ({ name, capacity: {} }));

/** A node for each pool of one sidecar, and the rest, which stand for none; alice has one pool, bob all, where nobody runs commands in a100. */
async function start() {
  const capabilities = { ...v2Capabilities, verbs: ['list', 'exec', 'create'], pools };
  const sidecar = await startScriptedSidecar(({ url }) => ({
    body: url.endsWith('/capabilities') ? capabilities : { items: [] },
  }));
  const url = `http://127.0.0.1:${sidecar.port}`;
  const Sidecars = [
    { Name: 'gpus', URL: url, Nodes: ['n1'], Pool: 'a100' },
    { Name: 'cpus', URL: url, Nodes: ['n2'], Pool: 'cpu' },
    { Name: 'rest', URL: url },
  ];
  const Policy = {
    Grants: [
      { Identities: ['token:alice'], Owners: ['c1/*', 'v1/*'], Pools: ['a*'] },
      { Groups: ['team-b'], Owners: ['*'] },
    ],
    DenyStreams: [{ Streams: ['exec'], Pools: ['a100'] }],
  };
  const { as } = await startForTenants(0, `Sidecars: ${JSON.stringify(Sidecars)}\nPolicy: ${JSON.stringify(Policy)}\n`);
  const passed = () => sidecar.seen.map(({ url: path }) => path).filter((path) => !path.endsWith('/capabilities'));
  return { as, passed };
}

async function ask(target: HttpTarget, path: string, body?: string) {
  const answer = await target.send({
    method: body === undefined ? 'GET' : 'POST',
    path,
    ...(body === undefined ? {} : { body }),
  });
  const told = (await answer.body.json()) as { reason?: string; pools?: ReadonlyArray<{ name: string }> };
  return { status: answer.statusCode, reason: told.reason, pools: told.pools?.map(({ name }) => name) };
}

const refused = (reason: string) => ({ status: 403, reason });
const at = (node: string, rest: string) => `/v2/clusters/c1/nodes/${node}/${rest}`;

test('a grant for pools reaches the nodes whose row has such a pool, and no others', async () => {
  const { as, passed } = await start();
  expect(await ask(as.alice, at('n1', 'pods'))).toMatchObject({ status: 200 });
  expect(await ask(as.alice, at('n1', 'capabilities'))).toMatchObject({ status: 200, pools: ['a100'] });
  for (const node of ['n2', 'n3']) {
    for (const rest of ['pods', 'capabilities', `pods/${uid}/containers/c/log`])
      expect(await ask(as.alice, at(node, rest))).toMatchObject(refused('pool_not_granted'));
  }
  for (const node of ['n1', 'n2', 'n3']) expect((await ask(as.bob, at(node, 'pods'))).status).toBe(200);
  expect(passed()).toEqual(['n1', 'n1', 'n2', 'n3'].map((node) => at(node, 'pods')));
});

test('a grant for pools holds for v1 callers, by the node that their pods name', async () => {
  const { as, passed } = await start();
  const podOn = (nodeName: string) => ({
    metadata: { uid, namespace: 'ns', name: 'p' },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
  });
  const status = async (node: string) => await ask(as.alice, '/status', JSON.stringify([podOn(node)]));
  expect((await status('n1')).status).toBe(200);
  expect(await status('n2')).toMatchObject(refused('pool_not_granted'));
  expect(await status('n3')).toMatchObject(refused('pool_not_granted'));
  expect(passed().filter((path) => !path.includes('/v1/nodes/n1/'))).toEqual([]);
});

test('a stream that is switched off in a pool is off on its nodes, and where the pool is not known', async () => {
  const { as, passed } = await start();
  const exec = (node: string) => at(node, `pods/${uid}/containers/c/exec?command=ls`);
  expect(await ask(as.bob, exec('n1'))).toMatchObject(refused('stream_switched_off'));
  expect(await ask(as.bob, exec('n3'))).toMatchObject(refused('stream_switched_off'));
  // No upgrade is asked for: that it comes to the sidecar is all that matters here.
  expect((await ask(as.bob, exec('n2'))).status).toBe(200);
  expect(passed()).toEqual([exec('n2')]);
});
