import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EndedPods } from './ended-pods.ts';

async function folderWithPod(): Promise<{ root: string; pod: string; kept: () => Promise<string[]> }> {
  const root = await mkdtemp(join(tmpdir(), 'interlink-slurm-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const pod = join(root, 'ns-1');
  await mkdir(pod);
  await writeFile(join(pod, 'log'), 'x');
  return { root, pod, kept: async () => await readdir(join(root, '.ended')) };
}

test('EndedPods keeps what is left of a pod until its time is over', async () => {
  const { root, pod, kept } = await folderWithPod();
  const ended = new EndedPods(join(root, '.ended'), 60_000);
  await ended.take(pod, 1_000_000);
  await ended.sweep(1_059_999);
  expect(await kept()).toEqual(['ns-1']);
  await ended.sweep(1_060_000);
  expect(await kept()).toEqual([]);
});

test('EndedPods keeps nothing where nothing is to be kept, and takes what is gone for taken', async () => {
  const { root, pod, kept } = await folderWithPod();
  const ended = new EndedPods(join(root, '.ended'), 0);
  await ended.take(pod, 0);
  await ended.take(pod, 0);
  expect([await kept(), await readdir(root)]).toEqual([[], ['.ended']]);
});
