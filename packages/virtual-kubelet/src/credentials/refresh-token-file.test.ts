import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Grant } from './issuer.ts';
import { RefreshTokenFile } from './refresh-token-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-session-'));
  path = join(folder, 'refresh-token');
  await writeFile(path, 'first\n', { mode: 0o644 });
});
afterEach(async () => await rm(folder, { recursive: true }));

/** An issuer that takes each token once: `first`, `after first`, `after after first`, … */
function strictIssuer() {
  const spent: string[] = [];
  const use = async (token: string): Promise<Grant> => {
    if (spent.includes(token)) throw new Error(`${token} was used twice`);
    spent.push(token);
    return { accessToken: `access ${spent.length}`, askedAtMs: 0, lifetimeMs: 1, refreshToken: `after ${token}` };
  };
  return { spent, use };
}

test('exchange() leaves the next token in the file, mode 0600, and nothing beside it but the lock', async () => {
  const { use } = strictIssuer();
  const file = new RefreshTokenFile(path);
  expect((await file.exchange(use)).accessToken).toBe('access 1');
  expect(await readFile(path, 'utf8')).toBe('after first\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(`${path}.lock`)).mode & 0o777).toBe(0o600);
  expect((await readdir(folder)).toSorted()).toEqual(['refresh-token', 'refresh-token.lock']);
});

test('exchange() by many at once spends each token once', async () => {
  const { spent, use } = strictIssuer();
  await Promise.all(Array.from({ length: 5 }, async () => await new RefreshTokenFile(path).exchange(use)));
  expect(spent).toHaveLength(5);
  expect(await readFile(path, 'utf8')).toBe(`${'after '.repeat(5)}first\n`);
});

test('exchange() that failed leaves the token that was there', async () => {
  const file = new RefreshTokenFile(path);
  await expect(file.exchange(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await readFile(path, 'utf8')).toBe('first\n');
});

test('exchange() writes what it could not write before, and asks for no other token meanwhile', async () => {
  const { spent, use } = strictIssuer();
  const file = new RefreshTokenFile(path);
  // Even root can't replace a file by a rename when a folder is in its place.
  const block = async (token: string) => {
    const grant = await use(token);
    await rm(path);
    await mkdir(join(path, 'not empty'), { recursive: true });
    return grant;
  };
  await expect(file.exchange(block)).rejects.toThrow(/^Cannot write the refresh token file .*refresh-token: /);
  await rm(path, { recursive: true });
  await writeFile(path, 'first\n');
  expect((await file.exchange(use)).accessToken).toBe('access 1');
  expect(spent).toEqual(['first']);
  expect(await readFile(path, 'utf8')).toBe('after first\n');
});

test('exchange() goes on by a token that was put into the file', async () => {
  const { spent, use } = strictIssuer();
  const file = new RefreshTokenFile(path);
  await file.exchange(use);
  await writeFile(path, 'another session');
  await file.exchange(use);
  expect(spent).toEqual(['first', 'another session']);
});

test('check() names the file that is missing or empty', async () => {
  await expect(new RefreshTokenFile(join(folder, 'none')).check()).rejects.toThrow(
    /Cannot read the refresh token file .*none/,
  );
  await writeFile(path, ' \n');
  await chmod(path, 0o600);
  await expect(new RefreshTokenFile(path).check()).rejects.toThrow(`The refresh token file ${path} is empty`);
});
