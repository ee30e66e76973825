import type { HttpTarget } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startForTenants } from '../testing/two-tenants.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';

const uid = '11111111-1111-4111-8111-000000000001';

const podOf = (node: string) => ({
  metadata: { name: 'p', namespace: 'ns', uid },
  spec: { nodeName: node, containers: [{ name: 'c', image: 'busybox' }] },
});
const createOf = (node: string) => ({ pod: podOf(node), configmaps: [], secrets: [], projectedvolumesmaps: [] });
const logs = { Namespace: 'ns', PodUID: uid, PodName: 'p', ContainerName: 'c', Opts: {} };

async function ask(target: HttpTarget, path: string, body?: unknown) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const { statusCode, body: answer } = await target.send({ method: 'POST', path, ...sent });
  return { status: statusCode, text: await answer.text() };
}

async function start() {
  const plugin = await startV1Plugin({ log: 'private\n' });
  const { as } = await startForTenants(plugin.port);
  return { plugin, as };
}

test('a v1 caller acts only for the nodes that it is granted, whatever its bodies say', async () => {
  const { plugin, as } = await start();
  for (const [path, body] of [
    ['/create', createOf('n2')],
    ['/delete', podOf('n2')],
    ['/status', [podOf('n2')]],
    ['/status', [podOf('n1'), podOf('n2')]],
    ['/create', createOf('v1')],
  ] as const) {
    const { status, text } = await ask(as.alice, path, body);
    expect([path, status, JSON.parse(text)]).toMatchObject([path, 403, { reason: 'owner_not_granted' }]);
  }
  expect(plugin.calls()).toEqual([]);
  expect((await ask(as.alice, '/pinglink')).status).toBe(200);
  expect((await ask(as.stranger, '/pinglink')).status).toBe(403);
});

test('a v1 caller neither reads, ends nor takes over a pod whose UID it knows', async () => {
  const { plugin, as } = await start();
  expect((await ask(as.alice, '/create', createOf('n1'))).status).toBe(200);
  await vi.waitFor(async () => {
    const { status, text } = await ask(as.alice, '/getLogs', logs);
    expect([status, text]).toEqual([200, 'private\n']);
  });
  // As of a pod that is not there.
  const unknown = await ask(as.bob, '/getLogs', { ...logs, PodUID: uid.replace(/1$/, '2') });
  const foreign = await ask(as.bob, '/getLogs', logs);
  expect(foreign).toEqual({ status: 404, text: unknown.text.replace(/2 is known/, '1 is known') });

  // bob says that it is his.
  expect(await ask(as.bob, '/status', [podOf('n2')])).toEqual({ status: 200, text: '[]' });
  expect((await ask(as.bob, '/create', createOf('n2'))).status).toBe(404);
  expect((await ask(as.bob, '/delete', podOf('n2'))).status).toBe(404);
  expect((await ask(as.bob, '/getLogs', logs)).status).toBe(404);
  expect(plugin.pods.size).toBe(1);
  expect((await ask(as.alice, '/getLogs', logs)).status).toBe(200);
  expect((await ask(as.operator, '/getLogs', logs)).status).toBe(200);
  expect((await ask(as.operator, '/delete', podOf('n1'))).status).toBe(403);
});
