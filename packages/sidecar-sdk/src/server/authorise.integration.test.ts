import type { HttpTarget } from '@interlink/protocol';
import { type Authenticate, Policy } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { startSidecar } from '../testing/running-sidecar.ts';

const policy = new Policy({
  'Policy.Grants': [
    { Identities: ['oidc:alice'], Owners: ['c1/n1'] },
    { Identities: ['certificate:interlink'], Owners: ['*'] },
    { Identities: ['oidc:ops'], Operator: true },
  ],
  'Policy.DenyStreams': undefined,
});

/** Everybody is who he says. */
const authenticate: Authenticate = async ({ headers }) => ({
  name: String(headers.authorization?.slice(7)),
  groups: [],
});

async function ask(target: HttpTarget, name: string, method: 'GET' | 'POST', path: string) {
  const headers = { authorization: `Bearer ${name}` };
  const sent =
    method === 'POST' ? { body: '[]', headers: { ...headers, 'content-type': 'application/json' } } : { headers };
  const { statusCode, body } = await target.send({ method, path, ...sent });
  await body.dump();
  return statusCode;
}

test.each([
  ['account', [200, 200, 200, 200, 200]],
  ['certificate:interlink', [200, 200, 200, 200, 200]],
  ['oidc:alice', [200, 403, 200, 403, 200]],
  ['oidc:ops', [200, 200, 200, 403, 200]],
  ['oidc:stranger', [403, 403, 403, 403, 200]],
])('a sidecar holds %s to what it is granted at InterLink', async (name, statuses) => {
  await using sidecar = await startSidecar({ authenticate, policy });
  const { target } = sidecar;
  const answers = [
    await ask(target, name, 'GET', '/v2/clusters/c1/nodes/n1/pods'),
    await ask(target, name, 'GET', '/v2/clusters/c1/nodes/n2/pods'),
    await ask(target, name, 'GET', '/v2/capabilities'),
    await ask(target, name, 'POST', '/status'),
    await ask(target, name, 'GET', '/metrics'),
  ];
  expect(answers).toEqual(statuses);
});

test('the epoch of who may change nothing is none: it would end the turn of who may', async () => {
  await using sidecar = await startSidecar({ authenticate, policy });
  const path = '/v2/clusters/c1/nodes/n1/pods';
  const at = async (name: string, epoch: string) => {
    const headers = { authorization: `Bearer ${name}`, 'interlink-epoch': epoch };
    const { statusCode, body } = await sidecar.target.send({ method: 'GET', path, headers });
    await body.dump();
    return statusCode;
  };
  expect(await at('oidc:alice', '5')).toBe(200);
  expect(await at('oidc:ops', '900')).toBe(200);
  expect(await at('oidc:alice', '5')).toBe(200);
  expect(await at('oidc:alice', '6')).toBe(200);
  expect(await at('oidc:alice', '5')).toBe(409);
});

test('a sidecar refuses v1 routes and paths that are written in another way to who is granted one owner', async () => {
  await using sidecar = await startSidecar({ authenticate, policy });
  for (const path of ['/create', '/creat%65', '/delete', '/status', '/getLogs']) {
    expect([path, await ask(sidecar.target, 'oidc:alice', 'POST', path)]).toEqual([path, 403]);
  }
  const other = await ask(sidecar.target, 'oidc:alice', 'GET', '/v2/clusters/c1/nodes/n%31/pods');
  expect(other).toBe(400);
});
