import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportSPKI, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { TestIssuer, type TestIssuerOptions } from '../../../../../test/testbed/oidc/test-issuer.ts';
import type { OIDCSettings } from '../../config/access-keys.ts';
import { createLogger } from '../../process/logger.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { oidcAuthentication } from './oidc-authentication.ts';

const clients = [{ id: 'vk', secret: 'the-secret-of-vk', groups: ['kubelets'] }];
const logger = createLogger('test', 'silent');
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** One issuer is enough for the tests that do not change it. */
let shared: TestIssuer;
beforeAll(async () => {
  shared = await TestIssuer.start({ clients });
});
afterAll(async () => await shared.stop());

async function startOwn(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const issuer = await TestIssuer.start({ clients, ...options });
  onTestFinished(async () => await issuer.stop());
  return issuer;
}

/** Whom the sender of a token is taken for, by a clock that the test moves. */
function callersOf(issuer: TestIssuer, settings: Partial<OIDCSettings> = {}) {
  const clock = { ms: 0 };
  const keys = new IssuerKeys({ issuer: issuer.url, caFile: settings.CAFile, logger, now: () => clock.ms });
  const recognize = oidcAuthentication({ Issuer: issuer.url, Audience: 'interlink', ...settings }, keys.keyOf);
  const show = async (token: string) =>
    await recognize({ headers: { authorization: `Bearer ${token}` }, socket: new Socket() });
  return { show, clock };
}

const refusedFor = (why: string) => ({
  code: 'unauthenticated',
  reason: 'invalid_token',
  message: `The token is not taken: ${why}`,
});

test('oidcAuthentication() knows a client by the token that the issuer gave it', async () => {
  const { show } = callersOf(shared);
  expect(await show(await shared.token('vk'))).toEqual({ name: 'oidc:vk', groups: ['kubelets'] });
});

test.each([
  ['another audience', { aud: 'else' }, 'its aud is not the one that is wanted'],
  ['another issuer', { iss: 'http://127.0.0.1:1' }, 'its iss is not the one that is wanted'],
  ['that has expired', { exp: nowSeconds() - 31 }, 'it has expired'],
  ['without an end', { exp: undefined }, 'it has no exp'],
  ['without a subject', { sub: undefined }, 'it has no sub'],
  ['with an empty subject', { sub: '' }, 'it has no sub'],
  ['that is valid in an hour', { nbf: nowSeconds() + 3_600 }, 'it is not valid yet'],
])('oidcAuthentication() does not take a token %s', async (_, claims, why) => {
  const { show } = callersOf(shared);
  await expect(show(await shared.sign(claims))).rejects.toMatchObject(refusedFor(why));
});

test('oidcAuthentication() allows for clocks that are off, as much as it is told', async () => {
  const [late, early] = [await shared.sign({ exp: nowSeconds() - 15 }), await shared.sign({ nbf: nowSeconds() + 15 })];
  for (const token of [late, early]) {
    expect(await callersOf(shared).show(token)).toMatchObject({ name: 'oidc:test' });
    await expect(callersOf(shared, { ClockSkew: 5 }).show(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
});

test.each([
  [{ RequiredGroups: ['admins', 'kubelets'] }, undefined],
  [{ RequiredGroups: ['admins'] }, 'oidc:vk is in none of the groups that may call'],
  [{ GroupsClaim: 'roles', RequiredGroups: ['kubelets'] }, 'oidc:vk is in none of the groups that may call'],
  [{ RequiredClaims: { groups: 'kubelets', client_id: ['vk', 'other'] } }, undefined],
  [{ RequiredClaims: { client_id: 'other' } }, 'The token of oidc:vk has not the client_id that is wanted'],
  [{ RequiredClaims: { email_verified: 'true' } }, 'The token of oidc:vk has not the email_verified that is wanted'],
])(
  'oidcAuthentication() with %j lets in who has what is wanted, and forbids it to others',
  async (settings, problem) => {
    const shown = callersOf(shared, settings).show(await shared.token('vk'));
    if (problem === undefined) expect(await shown).toMatchObject({ name: 'oidc:vk' });
    else await expect(shown).rejects.toMatchObject({ code: 'permission_denied', message: problem });
  },
);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function claimsOf(issuer: TestIssuer) {
  return part({ iss: issuer.url, sub: 'test', aud: 'interlink', exp: nowSeconds() + 300 });
}

test('oidcAuthentication() does not take an unsigned token, nor one whose signature is a hash with the public key', async () => {
  const { show } = callersOf(shared);
  for (const alg of ['none', 'None', 'nOnE']) {
    const unsigned = `${part({ alg, kid: shared.publicKey.kid })}.${claimsOf(shared)}.`;
    await expect(show(unsigned)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
  const pem = await exportSPKI((await importJWK(shared.publicKey, 'RS256')) as CryptoKey);
  for (const secret of [pem, pem.trim(), JSON.stringify(shared.publicKey), shared.publicKey.n ?? '']) {
    const signed = `${part({ alg: 'HS256', kid: shared.publicKey.kid })}.${claimsOf(shared)}`;
    const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    await expect(show(token)).rejects.toMatchObject(refusedFor('its algorithm is not allowed'));
  }
});

test('oidcAuthentication() does not take a key that comes in the token itself, nor a token that was changed', async () => {
  const { show } = callersOf(shared);
  const [header = '', payload = '', signature = ''] = (await shared.sign()).split('.');
  const changed = part({ ...JSON.parse(String(Buffer.from(payload, 'base64url'))), sub: 'root' });
  await expect(show(`${header}.${changed}.${signature}`)).rejects.toMatchObject(refusedFor('its signature is wrong'));
  const other = await startOwn();
  const own = { ...(await foreignKey(other)), kid: shared.publicKey.kid ?? '' };
  const forged = await other.sign({ iss: shared.url }, { key: own });
  await expect(show(forged)).rejects.toMatchObject(refusedFor('its signature is wrong'));
});

async function foreignKey(issuer: TestIssuer): Promise<JWK> {
  const { generateKeyPair, exportJWK } = await import('jose');
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: issuer.publicKey.alg ?? 'RS256' };
}

test.each([undefined, '', 'Bearer', 'Bearer opaque', 'Bearer a.b', 'Bearer ../x.y.z', 'Basic a.b.c'])(
  'oidcAuthentication() leaves %j to others',
  async (authorization) => {
    const keys = new IssuerKeys({ issuer: shared.url, logger });
    const recognize = oidcAuthentication({ Issuer: shared.url, Audience: 'interlink' }, keys.keyOf);
    const headers = authorization === undefined ? {} : { authorization };
    expect(await recognize({ headers, socket: new Socket() })).toBeUndefined();
  },
);

const asked = (issuer: TestIssuer) => issuer.requests.filter((path) => path === '/jwks').length;

test('a key that is not known is looked for once, and then only after the cool-down', async () => {
  const issuer = await startOwn();
  const { show, clock } = callersOf(issuer);
  const unknown = await issuer.sign({}, { kid: 'never-heard-of' });
  clock.ms = 100_000;
  await show(await issuer.token('vk'));
  expect(asked(issuer)).toBe(1);
  const refuseUnknown = async () =>
    await expect(show(unknown)).rejects.toMatchObject(refusedFor('its issuer has no such key'));
  await refuseUnknown();
  expect(asked(issuer)).toBe(1);
  clock.ms += 30_000;
  await Promise.all(Array.from({ length: 20 }, refuseUnknown));
  await refuseUnknown();
  expect(asked(issuer)).toBe(2);
});

test('tokens of rotated keys are taken without a restart, and those of dropped keys no longer', async () => {
  const issuer = await startOwn();
  const { show, clock } = callersOf(issuer);
  const before = await issuer.token('vk');
  await show(before);
  await issuer.rotateKeys({ dropOld: true });
  clock.ms += 30_000;
  expect(await show(await issuer.token('vk'))).toMatchObject({ name: 'oidc:vk' });
  await expect(show(before)).rejects.toMatchObject(refusedFor('its issuer has no such key'));
});

test('keys are asked for again when they are old, while the old ones serve', async () => {
  const issuer = await startOwn();
  const { show, clock } = callersOf(issuer);
  const before = await issuer.token('vk');
  await show(before);
  await issuer.rotateKeys({ dropOld: true });
  clock.ms += 600_001;
  expect(await show(before)).toMatchObject({ name: 'oidc:vk' });
  await expect.poll(() => asked(issuer)).toBe(2);
  await expect.poll(async () => await show(before).catch((error: unknown) => String(error))).toContain('no such key');
});

test('while the issuer is away, those whose keys are known get in, and others hear that nobody can tell now', async () => {
  const issuer = await startOwn();
  const { show, clock } = callersOf(issuer);
  const token = await issuer.token('vk');
  const away = { code: 'unavailable', message: `The issuer of tokens ${issuer.url} can't be asked for its keys now` };
  await issuer.stop();
  await expect(show(token)).rejects.toMatchObject(away);
  await issuer.resume();
  // Not asked again at once, lest each request wait for it.
  await expect(show(token)).rejects.toMatchObject(away);
  clock.ms += 5_000;
  await show(token);
  await issuer.stop();
  clock.ms += 3_600_000;
  expect(await show(token)).toMatchObject({ name: 'oidc:vk' });
  await expect(show(await issuer.sign({}, { kid: 'a-new-one' }))).rejects.toMatchObject(away);
});

test('an issuer that says that it is another is not believed', async () => {
  const issuer = await startOwn();
  const url = issuer.url.replace('127.0.0.1', 'localhost');
  const keys = new IssuerKeys({ issuer: url, logger });
  const recognize = oidcAuthentication({ Issuer: url, Audience: 'interlink' }, keys.keyOf);
  const headers = { authorization: `Bearer ${await issuer.sign({ iss: url })}` };
  await expect(recognize({ headers, socket: new Socket() })).rejects.toMatchObject({ code: 'unavailable' });
});

test('an issuer with a private certificate is asked by its CA, and not without it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-issuer-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=issuer', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await promisify(execFile)('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject]);
  const tls = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  const issuer = await startOwn({ tls });
  const token = await issuer.sign({ sub: 'private' });
  expect(await callersOf(issuer, { CAFile: cert }).show(token)).toMatchObject({ name: 'oidc:private' });
  await expect(callersOf(issuer).show(token)).rejects.toMatchObject({ code: 'unavailable' });
});
