import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLogger } from '../process/logger.ts';
import { tokenAuthentication } from './authenticate.ts';
import { challengeOf } from './bearer.ts';
import { firstOf } from './first-of.ts';
import { forwardedIdentity } from './forwarded-identity.ts';
import { TokenFile } from './token-file.ts';

const socket = new Socket();
const logger = createLogger('test', 'silent');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-chain-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

async function holder(name: string, token: string, groups: string[] = []) {
  const path = join(folder, name);
  await writeFile(path, token);
  return { path, file: new TokenFile(path), identity: { name: `token:${name}`, groups } };
}

test('firstOf() takes the first that knows somebody, and tells what is wanted when none does', async () => {
  const [a, b] = [await holder('a', 'token-a', ['x']), await holder('b', 'token-b')];
  const authenticate = firstOf(tokenAuthentication([a], logger), tokenAuthentication([b], logger));
  const show = async (authorization?: string) =>
    await authenticate({ headers: authorization === undefined ? {} : { authorization }, socket });
  expect(await show('Bearer token-a')).toEqual({ name: 'token:a', groups: ['x'] });
  expect(await show('bearer token-b')).toEqual({ name: 'token:b', groups: [] });
  await expect(show()).rejects.toMatchObject({ code: 'unauthenticated', reason: undefined });
  await expect(show('Bearer token-')).rejects.toMatchObject({ code: 'unauthenticated', reason: 'invalid_token' });
});

test('firstOf() does not try others when one refuses, and throws its error', async () => {
  const asked = vi.fn(async () => ({ name: 'account', groups: [] }));
  const away = new InterLinkError('unavailable', 'nobody can tell');
  const authenticate = firstOf(async () => await Promise.reject(away), asked);
  await expect(authenticate({ headers: {}, socket })).rejects.toBe(away);
  expect(asked).not.toHaveBeenCalled();
});

test('tokenAuthentication() lets the others in when one file is gone, and takes a token that has changed', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const [gone, kept] = [await holder('gone', 'token-gone'), await holder('kept', 'token-kept')];
  const link = tokenAuthentication([gone, kept], logger);
  const show = async (token: string) => await link({ headers: { authorization: `Bearer ${token}` }, socket });
  expect(await show('token-gone')).toMatchObject({ name: 'token:gone' });
  await rm(gone.path);
  await writeFile(kept.path, 'another-token');
  clock.mockReturnValue(1_001);
  expect(await show('token-gone')).toBeUndefined();
  expect(await show('token-kept')).toBeUndefined();
  expect(await show('another-token')).toMatchObject({ name: 'token:kept' });
  clock.mockRestore();
});

test.each([
  [
    { 'x-forwarded-user': 'alice', 'x-forwarded-groups': 'a,b, c' },
    { name: 'oidc:alice', groups: ['a', 'b', 'c'] },
  ],
  [{ 'x-forwarded-user': 'alice' }, { name: 'oidc:alice', groups: [] }],
  [{ 'x-forwarded-user': '', 'x-forwarded-groups': 'a' }, undefined],
  [{ 'x-forwarded-email': 'alice@example.org' }, undefined],
  [{}, undefined],
])('forwardedIdentity() of %j is %j', async (headers, expected) => {
  expect(await forwardedIdentity({ headers, socket })).toEqual(expected);
});

test.each(['alice, root', 'alice,root', 'a b', 'x'.repeat(513)])('forwardedIdentity() refuses %j', async (user) => {
  const headers = { 'x-forwarded-user': user };
  await expect(forwardedIdentity({ headers, socket })).rejects.toMatchObject({ code: 'unauthenticated' });
});

test.each([
  [undefined, 'nothing was shown', 'Bearer'],
  ['invalid_token', 'it has expired', 'Bearer error="invalid_token", error_description="it has expired"'],
  ['invalid_token', 'its "aud"\r\nX: 1\\', 'Bearer error="invalid_token", error_description="its \'aud\'  X: 1\'"'],
])('challengeOf() with reason %j and message %j is %j', (reason, message, expected) => {
  expect(challengeOf(new InterLinkError('unauthenticated', message, { reason }))).toBe(expected);
});
