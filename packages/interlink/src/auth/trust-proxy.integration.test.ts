import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '@interlink/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';

const pods = '/v2/clusters/c1/nodes/n1/pods';

/** What oauth2-proxy v7.8.1 sets with `--pass-user-headers --pass-access-token`, for a member of the group. */
const forwarded = {
  'x-forwarded-user': 'subject-of-alice',
  'x-forwarded-email': 'alice@example.org',
  'x-forwarded-preferred-username': 'alice',
  'x-forwarded-groups': 'other,kubelets',
  'x-forwarded-access-token': 'the-access-token',
  'x-forwarded-for': '10.0.0.1',
};

async function start({ isTcp = false, trustProxy = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-proxy-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const [token, config] = [join(folder, 'token'), join(folder, 'config.yaml')];
  await writeFile(token, 'the-account-token');
  const grants = '  Grants: [{ Groups: [kubelets], Owners: [c1/n1] }, { Identities: [account], Operator: true }]';
  await writeFile(config, `Auth: { TokenFile: ${token}, TrustProxy: ${trustProxy} }\nPolicy:\n${grants}\n`);
  const sidecar = await startScriptedSidecar(({ url }) => ({ body: url === '/v2/capabilities' ? v2Capabilities : {} }));
  const { url, target } = await startInterLink(sidecar.port, { isTcp, env: { INTERLINKCONFIGPATH: config } });
  const bare = new HttpTarget({ url });
  onTestFinished(async () => await bare.close());
  const ask = async (headers: Record<string, string>, from: HttpTarget = bare) => {
    const response = await from.send({ method: 'PUT', path: `${pods}/u1`, headers, body: '{}' });
    await response.body.dump();
    return response.statusCode;
  };
  const seen = () => sidecar.seen.filter(({ method }) => method === 'PUT');
  return { ask, target, seen };
}

test('who oauth2-proxy says that calls is believed on a private socket, and none of its headers goes further', async () => {
  const { ask, seen } = await start();
  expect(await ask(forwarded)).toBe(200);
  expect(await ask({ ...forwarded, 'x-forwarded-groups': 'other' })).toBe(403);
  expect(await ask({ ...forwarded, 'x-forwarded-user': 'a, b' })).toBe(401);
  const [request] = seen();
  expect(seen()).toHaveLength(1);
  expect(
    Object.keys(request?.headers ?? {}).filter((name) => name.startsWith('x-') && name !== 'x-request-id'),
  ).toEqual([]);
  expect(request?.headers.authorization).toBe('Bearer the-account-token');
});

test('what oauth2-proxy lets through unasked is nobody’s, and the account is known by its token still', async () => {
  const { ask, target } = await start();
  const { 'x-forwarded-user': _user, ...others } = forwarded;
  expect(await ask({})).toBe(401);
  expect(await ask(others)).toBe(401);
  // Known, and an operator only.
  expect(await ask({}, target)).toBe(403);
});

test.each([
  ['on TCP', { isTcp: true }, 401],
  ['on TCP without Auth.TrustProxy', { isTcp: true, trustProxy: false }, 401],
  // The folder's account, which is an operator only.
  ['on a private socket without Auth.TrustProxy', { trustProxy: false }, 403],
])('headers of oauth2-proxy are ignored %s', async (_where, options, status) => {
  const { ask, seen } = await start(options);
  expect(await ask(forwarded)).toBe(status);
  expect(seen()).toEqual([]);
});

test('headers of oauth2-proxy add nothing to a token on TCP, and do not go further', async () => {
  const { ask, target, seen } = await start({ isTcp: true });
  expect(await ask(forwarded, target)).toBe(403);
  expect(seen()).toEqual([]);
});
