import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRegularFile, readRegularFile } from './regular-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-regular-'));
  await writeFile(join(folder, 'file'), 'content');
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

test('readRegularFile() reads a file, and no more of it than wanted', async () => {
  expect(await readRegularFile(join(folder, 'file'), 100)).toBe('content');
  expect(await readRegularFile(join(folder, 'file'), 4)).toBe('cont');
});

test('readRegularFile() takes no memory for what it does not read', async () => {
  const path = join(folder, 'huge');
  await (await open(path, 'w')).close();
  await truncate(path, 10 * 2 ** 30);
  expect(await readRegularFile(path, 10)).toBe('\0'.repeat(10));
});

test('openRegularFile() finds nothing where a pipe, a link, a socket, a folder or a device is', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await symlink(join(folder, 'file'), join(folder, 'link'));
  await symlink('/dev/zero', join(folder, 'zero'));
  await mkdir(join(folder, 'folder'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  for (const name of ['pipe', 'link', 'zero', 'folder', 'socket', 'none', 'file/none']) {
    expect([name, await openRegularFile(join(folder, name))]).toEqual([name, undefined]);
  }
  expect(await openRegularFile('/dev/zero')).toBeUndefined();
  await new Promise((resolve) => server.close(resolve));
});
