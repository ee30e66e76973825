import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureFolder } from './folder-size.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-size-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));
const kilobytes = (count: number) => Buffer.alloc(count * 1024, 'x');

test('measureFolder() counts what is below, each file once, and follows no link', async () => {
  const empty = await measureFolder(folder, Number.POSITIVE_INFINITY);
  await mkdir(join(folder, 'a/b'), { recursive: true });
  await writeFile(join(folder, 'a/b/file'), kilobytes(64));
  await link(join(folder, 'a/b/file'), join(folder, 'same'));
  await symlink('/usr', join(folder, 'elsewhere'));
  const full = await measureFolder(folder, Number.POSITIVE_INFINITY);
  expect(full - empty).toBeGreaterThanOrEqual(64 * 1024);
  expect(full - empty).toBeLessThan(128 * 1024);
});

test('measureFolder() stops looking when it has seen enough', async () => {
  for (let index = 0; index < 20; index += 1) await writeFile(join(folder, String(index)), kilobytes(64));
  expect(await measureFolder(folder, 100 * 1024)).toBeLessThan(20 * 64 * 1024);
});

test('measureFolder() takes a folder that is gone for empty', async () => {
  expect(await measureFolder(join(folder, 'gone'), 1)).toBe(0);
});
