import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { TestIssuer, type TestIssuerOptions } from './test-issuer.ts';

const clients = [{ id: 'vk', secret: 'the-secret-of-vk', groups: ['kubelets'] }];

async function start(options: TestIssuerOptions = {}) {
  const issuer = await TestIssuer.start({ clients, ...options });
  onTestFinished(async () => await issuer.stop());
  const { jwks_uri } = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  const keys = () => createRemoteJWKSet(new URL(jwks_uri));
  return { issuer, keys };
}

async function ask(issuer: TestIssuer, secret: string, more: Record<string, string> = {}) {
  const authorization = `Basic ${Buffer.from(`vk:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...more });
  const response = await fetch(issuer.tokenEndpoint, { method: 'POST', headers: { authorization }, body });
  return { status: response.status, body: (await response.json()) as { access_token: string; expires_in: number } };
}

test('a client gets by its credentials a JWT for the audience that it asks for, with its groups', async () => {
  const { issuer, keys } = await start({ ttlSeconds: 7 });
  const { body } = await ask(issuer, 'the-secret-of-vk');
  const { payload } = await jwtVerify(body.access_token, keys(), { issuer: issuer.url, audience: 'interlink' });
  expect(payload).toMatchObject({ sub: 'vk', groups: ['kubelets'] });
  expect([body.expires_in, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([7, 7]);
  const other = await ask(issuer, 'the-secret-of-vk', { resource: 'urn:audience:else' });
  await jwtVerify(other.body.access_token, keys(), { issuer: issuer.url, audience: 'else' });
  expect((await ask(issuer, 'a guess')).status).toBe(401);
});

test('token() and sign() give tokens of the same keys, before and after the keys are changed', async () => {
  const { issuer, keys } = await start();
  const before = await issuer.token('vk');
  await issuer.rotateKeys();
  const after = [
    await issuer.token('vk'),
    await issuer.sign({ sub: 'x' }),
    (await ask(issuer, 'the-secret-of-vk')).body.access_token,
  ];
  const kids = new Set([before, ...after].map((token) => decodeProtectedHeader(token).kid));
  expect(kids.size).toBe(2);
  for (const token of [before, ...after]) await jwtVerify(token, keys(), { issuer: issuer.url, audience: 'interlink' });
  await issuer.rotateKeys({ dropOld: true });
  await expect(jwtVerify(before, keys())).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
});

test('stop() leaves nobody at its address, and resume() brings it back', async () => {
  const { issuer, keys } = await start();
  const token = await issuer.token('vk');
  await issuer.stop();
  await expect(jwtVerify(token, keys())).rejects.toThrow('fetch failed');
  await issuer.resume();
  await jwtVerify(token, keys());
});
