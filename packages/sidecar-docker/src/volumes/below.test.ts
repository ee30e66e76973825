import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWithin, partsBelow } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFileBelow, makeFoldersBelow } from './below.ts';

let base = '';
let elsewhere = '';

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'interlink-below-'));
  elsewhere = await mkdtemp(join(tmpdir(), 'interlink-elsewhere-'));
});
afterEach(async () => {
  for (const folder of [base, elsewhere]) await rm(folder, { recursive: true, force: true });
});
const modeOf = async (path: string) => (await stat(join(base, path))).mode & 0o7777;

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/', '/a', true],
  ['/a', '/ab', false],
  ['/a/b', '/a', false],
])('isWithin(%j, %j) is %j', (folder, path, expected) => {
  expect(isWithin(folder, path)).toBe(expected);
});

test('partsBelow() gives the way down, and nothing for the same folder', () => {
  expect([partsBelow('/a', '/a/b/c'), partsBelow('/', '/a'), partsBelow('/a', '/a')]).toEqual([['b', 'c'], ['a'], []]);
});

describe('makeFoldersBelow()', () => {
  test('makes what is missing with the exact mode, and leaves what is there', async () => {
    await mkdir(join(base, 'there'));
    await chmod(join(base, 'there'), 0o700);
    await makeFoldersBelow(base, ['there', 'new', 'deep'], { mode: 0o2777, group: process.getgid?.() });
    await makeFoldersBelow(base, ['there', 'new', 'deep'], { mode: 0o755 });
    expect([await modeOf('there'), await modeOf('there/new'), await modeOf('there/new/deep')]).toEqual([
      0o700, 0o2777, 0o2777,
    ]);
  });

  test('lets the last part be a file that is there', async () => {
    await writeFile(join(base, 'file'), '');
    await makeFoldersBelow(base, ['file'], { mode: 0o755 });
    expect(await readdir(base)).toEqual(['file']);
  });

  test.each(['folder', 'file', 'dangling'])('makes nothing behind a link to a %s', async (kind) => {
    const target = kind === 'folder' ? elsewhere : join(elsewhere, kind);
    if (kind === 'file') await writeFile(target, '');
    await symlink(target, join(base, 'link'));
    const before = await readdir(elsewhere);
    await expect(makeFoldersBelow(base, ['link', 'new'], { mode: 0o755 })).rejects.toThrow(/symbolic link or a file/);
    expect(await readdir(elsewhere)).toEqual(before);
  });
});

describe('makeFileBelow()', () => {
  test('makes an empty file, and leaves one that is there', async () => {
    await makeFileBelow(base, ['file'], 0o644);
    await writeFile(join(base, 'file'), 'kept');
    await makeFileBelow(base, ['file'], 0o644);
    expect((await stat(join(base, 'file'))).size).toBe(4);
  });

  test('makes no file through a link, nor behind one', async () => {
    await symlink(join(elsewhere, 'new'), join(base, 'link'));
    await symlink(elsewhere, join(base, 'folder'));
    await makeFileBelow(base, ['link'], 0o644);
    await expect(makeFileBelow(base, ['folder', 'new'], 0o644)).rejects.toThrow(/symbolic link or a file/);
    expect(await readdir(elsewhere)).toEqual([]);
  });
});
