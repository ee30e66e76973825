import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeVolumeFiles } from './write-volume-files.ts';

let root = '';
let folder = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-files-'));
  folder = join(root, 'volume');
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const file = (path: string, text: string, mode = 0o644) => ({ path, mode, data: Buffer.from(text).toString('base64') });
const read = async (path: string) => await readFile(join(folder, path), 'utf8');
const modeOf = async (path: string) => (await stat(join(folder, path))).mode & 0o7777;
/** What a pod sees: without the writer's own names. */
const shown = async () => (await readdir(folder)).filter((name) => !name.startsWith('..'));

test('writeVolumeFiles() replaces all files, takes away what is not listed, and keeps exact modes', async () => {
  await writeVolumeFiles(folder, [file('a', '1', 0o400), file('deep/b', '2'), file('deep/c', '3')], undefined);
  await writeVolumeFiles(folder, [file('a', 'one', 0o666), file('deep/c', 'three', 0o440)], undefined);
  expect([await shown(), await readdir(join(folder, 'deep'))]).toEqual([['a', 'deep'], ['c']]);
  expect([await read('a'), await modeOf('a'), await modeOf('deep/c')]).toEqual(['one', 0o666, 0o440]);
  await writeVolumeFiles(folder, [], undefined);
  expect(await shown()).toEqual([]);
});

test('writeVolumeFiles() gives files to the group of an fsGroup, at every write', async () => {
  for (const text of ['1', '2']) {
    await writeVolumeFiles(folder, [file('token', text, 0o600)], process.getgid?.() ?? 0);
    expect([await modeOf('token'), await modeOf('.')]).toEqual([0o640, 0o2755]);
  }
});

test('writeVolumeFiles() leaves files alone that are there already', async () => {
  const files = [file('a', '1'), file('deep/b', '2', 0o400)];
  await writeVolumeFiles(folder, files, undefined);
  const before = await readlink(join(folder, '..data'));
  await writeVolumeFiles(folder, files, undefined);
  expect(await readlink(join(folder, '..data'))).toBe(before);
  for (const changed of [[file('a', '1')], [file('a', '1'), file('deep/b', '2', 0o600)], [file('a', '2')]]) {
    const last = await readlink(join(folder, '..data'));
    await writeVolumeFiles(folder, changed, undefined);
    expect(await readlink(join(folder, '..data'))).not.toBe(last);
  }
});

test('writeVolumeFiles() shows no reader a mixture, while files change under him', async () => {
  const both = (text: string) => [file('first', text), file('second', text)];
  await writeVolumeFiles(folder, both('0'), undefined);
  let isWriting = true;
  const writing = (async () => {
    for (let round = 1; round <= 100; round += 1) await writeVolumeFiles(folder, both(String(round)), undefined);
    isWriting = false;
  })();
  const seen = new Set<string>();
  while (isWriting) {
    // As a program that holds on to one folder: what `..data` points to now.
    const data = await readlink(join(folder, '..data'));
    const texts = await Promise.all([read(`${data}/first`), read(`${data}/second`)]).catch(() => undefined);
    // Only a folder of the past may be gone.
    if (texts === undefined) expect(await readlink(join(folder, '..data'))).not.toBe(data);
    else expect(texts[0]).toBe(texts[1]);
    seen.add(texts?.[0] ?? '');
    expect(await read('first')).toMatch(/^\d+$/);
  }
  await writing;
  expect(seen.size).toBeGreaterThan(2);
});

test.each(['../escaped', '/escaped', 'a/../../escaped', '..', '', 'a//b', 'a\0b', '..data', '..data_tmp/x'])(
  'writeVolumeFiles() writes nothing when a path is %j',
  async (path) => {
    await expect(writeVolumeFiles(folder, [file('good', '1'), file(path, '2')], undefined)).rejects.toMatchObject({
      code: 'failed_precondition',
    });
    expect(await readdir(root)).toEqual([]);
  },
);
