import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDeadlines, writeDeadline } from './deadline-note.ts';

test('readDeadlines() has what was noted last of each pod, and nothing of what is no pod’s or was cut off', async () => {
  const root = await mkdtemp(join(tmpdir(), 'deadline-note-'));
  onTestFinished(async () => await rm(root, { recursive: true }));
  const folders = ['.gone-before', 'cut', 'lost+found', 'none', 'pod'];
  for (const folder of folders) await mkdir(join(root, folder));
  for (const folder of ['.gone-before', 'lost+found']) await writeFile(join(root, folder, 'deadline'), '5\n');
  await writeFile(join(root, 'cut', 'deadline'), '');
  for (const seconds of [600, 60]) await writeDeadline(root, 'pod', seconds);
  await writeDeadline(root, 'removed', 60);
  expect(await readDeadlines(root)).toEqual(new Map([['pod', 60]]));
  expect((await readdir(root)).toSorted()).toEqual(folders);
});
