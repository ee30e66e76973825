import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDeletions, writeDeletion } from './deletion-note.ts';

test('readDeletions() names the pods that are to go, and none that stay or are set aside', async () => {
  const root = await mkdtemp(join(tmpdir(), 'deletion-note-'));
  onTestFinished(async () => await rm(root, { recursive: true }));
  for (const folder of ['stays', 'goes', '.gone-before', '.images']) await mkdir(join(root, folder));
  await writeFile(join(root, '.gone-before', 'leaving'), '');
  await writeDeletion(root, 'goes');
  expect(await readDeletions(root)).toEqual(['goes']);
});
