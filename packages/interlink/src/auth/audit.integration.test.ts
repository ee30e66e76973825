import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startAudited } from '../testing/audited-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const own = '/v2/clusters/c1/nodes/n1';

/** InterLink before a v2 sidecar, for alice, who has a node, and mallory, who is known and has nothing. */
async function start() {
  const sidecar = await startScriptedSidecar(({ url }) => ({
    body: url.endsWith('/capabilities') ? v2Capabilities : {},
  }));
  const interlink = await startAudited(sidecar.port, async (folder) => {
    const fileOf = (name: string) => join(folder, name);
    for (const name of ['account', 'alice', 'mallory']) await writeFile(fileOf(name), `the-token-of-${name}`);
    const Tokens = ['alice', 'mallory'].map((Name) => ({ Name, File: fileOf(Name) }));
    return {
      Auth: { TokenFile: fileOf('account'), Tokens },
      Policy: { Grants: [{ Identities: ['token:alice'], Owners: ['c1/n1'] }] },
    };
  });
  const ask = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${interlink.url}${path}`, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  return { ...interlink, ask };
}

test('a running InterLink writes a line for each that it does not let in, or that is granted nothing, and nothing of what was shown', async () => {
  const { ask, audit, lines, stop } = await start();
  expect(await ask(`${own}/pods`)).toBe(401);
  expect(await ask(`${own}/pods`, 'hunter2-of-nobody')).toBe(401);
  for (const path of ['/v2/capabilities', '/pinglink']) expect(await ask(path, 'the-token-of-mallory')).toBe(403);
  await stop();
  const denied = { audit: true, outcome: 'denied', msg: 'denied', requestId: expect.any(String) };
  // The second that is granted nothing is counted, and may be told.
  expect(audit().slice(0, 3)).toMatchObject([
    { ...denied, peer: '127.0.0.1', reason: 'unauthenticated', verb: 'list', owner: 'c1/n1' },
    { ...denied, peer: '127.0.0.1', reason: 'invalid_token', verb: 'list', owner: 'c1/n1' },
    { ...denied, identity: 'token:mallory', reason: 'owner_not_granted', verb: 'capabilities' },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/hunter2|the-token-of/);
});

test('a running InterLink writes that a token which was posted to sign in is none', async () => {
  const { url, audit, lines, stop } = await start();
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: url, 'sec-fetch-site': 'same-origin' };
  const { status } = await fetch(`${url}/ui/sign-in`, { method: 'POST', headers: form, body: 'token=hunter2' });
  expect(status).toBe(401);
  await stop();
  expect(audit()).toMatchObject([{ peer: '127.0.0.1', outcome: 'denied', reason: 'invalid_token' }]);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test('a running InterLink writes who has read which log, and does not write each list', async () => {
  const { ask, audit, stop } = await start();
  expect(await ask(`${own}/pods`, 'the-token-of-alice')).toBe(200);
  expect(await ask(`${own}/pods/${uid}/containers/c/log`, 'the-token-of-alice')).toBe(200);
  await stop();
  expect(audit()).toMatchObject([
    { identity: 'token:alice', verb: 'log', owner: 'c1/n1', podUid: uid, container: 'c', outcome: 'allowed' },
  ]);
});

test('a flood of those who are not let in is no flood of lines', async () => {
  const { ask, audit, stop } = await start();
  const statuses = await Promise.all(Array.from({ length: 100 }, async (_, index) => await ask('/status', `${index}`)));
  expect(new Set(statuses)).toEqual(new Set([401]));
  await stop();
  expect(audit().length).toBeGreaterThan(0);
  expect(audit().length).toBeLessThan(50);
});
