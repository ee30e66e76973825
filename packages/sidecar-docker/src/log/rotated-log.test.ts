import { appendFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { logFileCount } from './log-config.ts';
import { RotatedLog } from './rotated-log.ts';

const test = base.extend<{ path: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: the fixture needs no other
  path: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'interlink-log-'));
    await use(join(folder, 'json.log'));
    await rm(folder, { recursive: true });
  },
});
const record = (line: string) => `${JSON.stringify({ log: line, stream: 'stdout', time: '2027-01-01T00:00:00Z' })}\n`;

/** As the engine does it: https://github.com/moby/moby/blob/master/daemon/logger/loggerutils/logfile.go `rotate` */
async function rotate(path: string): Promise<void> {
  const folder = join(path, '..');
  await rm(`${path}.${logFileCount - 1}`, { force: true });
  for (let number = logFileCount - 2; number >= 1; number -= 1) {
    if ((await readdir(folder)).includes(`json.log.${number}`))
      await rename(`${path}.${number}`, `${path}.${number + 1}`);
  }
  await rename(path, `${path}.1`);
  await writeFile(path, '');
}

async function available(log: RotatedLog): Promise<string[]> {
  return (await Array.fromAsync(log.readAvailable())).flat().map(({ content }) => `${content}`);
}

test('RotatedLog reads all files, the oldest first', async ({ path }) => {
  for (const line of ['a', 'b', 'c']) {
    await appendFile(path, record(line));
    await rotate(path);
  }
  await appendFile(path, record('d'));
  await using log = await RotatedLog.open(path);
  expect(await available(log)).toEqual(['a', 'b', 'c', 'd']);
  expect(await available(log)).toEqual([]);
});

test('RotatedLog goes on in the next files, however often they were rotated meanwhile', async ({ path }) => {
  await writeFile(path, record('a'));
  await using log = await RotatedLog.open(path);
  expect(await available(log)).toEqual(['a']);
  await appendFile(path, record('b'));
  await rotate(path);
  expect(await available(log)).toEqual(['b']);
  for (const line of ['c', 'd', 'e']) {
    await appendFile(path, record(line));
    await rotate(path);
  }
  await appendFile(path, record('f'));
  expect(await available(log)).toEqual(['c', 'd', 'e', 'f']);
});

test('RotatedLog reads a file to its end after it was removed', async ({ path }) => {
  await writeFile(path, record('a') + record('b').slice(0, 9));
  await using log = await RotatedLog.open(path);
  expect(await available(log)).toEqual(['a']);
  await appendFile(path, record('b').slice(9));
  for (const line of ['c', 'd', 'e', 'f', 'g']) {
    await rotate(path);
    await appendFile(path, record(line));
  }
  expect(await available(log)).toEqual(['b', 'c', 'd', 'e', 'f', 'g']);
});

test('RotatedLog waits in the moment between two files', async ({ path }) => {
  await writeFile(path, record('a'));
  await using log = await RotatedLog.open(path);
  await rename(path, `${path}.1`);
  expect(await available(log)).toEqual(['a']);
  await writeFile(path, record('b'));
  expect(await available(log)).toEqual(['b']);
});

test.each([0, 1, 2, 3, 4, 9])('RotatedLog begins with the last %i lines, in whatever files they are', async (count) => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-log-'));
  const path = join(folder, 'json.log');
  try {
    await writeFile(path, record('a'));
    await rotate(path);
    await writeFile(path, record('b') + record('c'));
    await rotate(path);
    await writeFile(path, record('d'));
    await using log = await RotatedLog.open(path, count);
    expect(await available(log)).toEqual(count === 0 ? [] : ['a', 'b', 'c', 'd'].slice(-count));
    await appendFile(path, record('e'));
    expect(await available(log)).toEqual(['e']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
