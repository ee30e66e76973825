import { type HttpTarget, type Owner, ownerPath } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { type Script, startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';

const owner: Owner = { cluster: 'v1', node: 'n1' };
const uid = '11111111-1111-4111-8111-000000000001';
const podPath = `${ownerPath(owner)}/pods/${uid}`;
const pod = {
  metadata: { uid, namespace: 'ns', name: 'p' },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'busybox' }] },
};

const speaksV2: Script = ({ url }) => ({ body: url.endsWith('/capabilities') ? v2Capabilities : { items: [] } });
const speaksV1: Script = ({ url }) => {
  if (url === '/create') return { body: { PodUID: uid, PodJID: '7' } };
  return url === '/status' ? { body: [] } : { status: 404, body: '404 page not found\n', type: 'text/plain' };
};
const hangsUp: Script = (_request, response) => {
  response.destroy();
  return undefined;
};

async function send(target: HttpTarget, method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<number> {
  const answer = await target.send({ method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  await answer.body.dump();
  return answer.statusCode;
}

test.each<[string, Script]>([
  ['answers as a v1 plugin does', speaksV1],
  ['hangs up on everything', hangsUp],
  ['answers 404 to everything, as a proxy without it', () => ({ status: 404, body: 'default backend - 404' })],
])('a sidecar once seen to speak v2 is never asked by v1, though it %s for a while', async (_, meanwhile) => {
  let script = speaksV2;
  const sidecar = await startScriptedSidecar((request, response) => script(request, response));
  const { target } = await startInterLink(sidecar.port);
  const pods = `${ownerPath(owner)}/pods`;
  expect(await send(target, 'GET', pods)).toBe(200);
  script = meanwhile;
  const before = sidecar.seen.length;
  // Callers of either generation, and of what InterLink asks for by itself.
  const answers = [
    await send(target, 'PUT', podPath, { pod, volumes: [] }),
    await send(target, 'GET', `${ownerPath(owner)}/capabilities`),
    await send(target, 'POST', '/create', { pod }),
    await send(target, 'POST', '/status', [pod]),
    await send(target, 'POST', '/pinglink'),
    await send(target, 'GET', pods),
  ];
  for (const status of answers) expect(status).toBeGreaterThanOrEqual(400);
  const asked = sidecar.seen.slice(before).map(({ url }) => url);
  expect(asked.filter((url) => !url.startsWith('/v2/'))).toEqual([]);
  expect(asked).toContain(podPath);
  script = speaksV2;
  expect(await send(target, 'GET', pods)).toBe(200);
});
