import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bearerAuthentication } from './authenticate.ts';
import { defaultTokenPath, TokenFile } from './token-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-token-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

test('ensure() raced by many leaves one token, mode 0600, and no drafts', async () => {
  const path = join(folder, 'interlink', 'token');
  const files = Array.from({ length: 20 }, () => new TokenFile(path));
  await Promise.all(files.map((file) => file.ensure()));
  const tokens = new Set(await Promise.all(files.map((file) => file.current())));
  expect(tokens.size).toBe(1);
  expect([...tokens][0]).toMatch(/^[\w-]{43}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'interlink'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'interlink'))).toEqual(['token']);
});

test('current() notices a new token within a second', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const path = join(folder, 'token');
  await writeFile(path, 'one\n');
  const file = new TokenFile(path);
  expect(await file.current()).toBe('one');
  await rm(path);
  await writeFile(path, 'another\n');
  expect(await file.current()).toBe('one');
  clock.mockReturnValue(1_001);
  expect(await file.current()).toBe('another');
});

test.each([
  ['missing', undefined],
  ['empty', ' \n'],
])('current() refuses a file that is %s', async (_, content) => {
  const path = join(folder, 'token');
  if (content !== undefined) await writeFile(path, content);
  await expect(new TokenFile(path).current()).rejects.toMatchObject({ code: 'unauthenticated', reason: 'no_token' });
});

test('bearerAuthentication() lets in who shows the token and nobody else', async () => {
  const path = join(folder, 'token');
  await writeFile(path, 'right\n');
  const authenticate = bearerAuthentication(new TokenFile(path));
  const show = async (authorization: string | undefined) =>
    await authenticate({
      headers: { ...(authorization === undefined ? {} : { authorization }) },
      socket: new Socket(),
    });
  await expect(show('Bearer right')).resolves.toEqual({ name: 'account', groups: [] });
  for (const header of [undefined, '', 'right', 'Bearer ', 'Bearer wrong', 'Basic right', 'Bearer right right']) {
    await expect(show(header)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
});

test('defaultTokenPath() is under XDG_CONFIG_HOME or ~/.config', () => {
  expect(defaultTokenPath({ XDG_CONFIG_HOME: '/c' })).toBe('/c/interlink/token');
  expect(defaultTokenPath({ XDG_CONFIG_HOME: '' })).toMatch(/\/\.config\/interlink\/token$/);
});
