import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { silent } from '../testing/running-pod.ts';
import { setAsidePodFolder } from '../volumes/set-aside.ts';
import { sweepLeftovers } from './remove-pod.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-sweep-'));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

test('sweepLeftovers() removes what was set aside and volumes without a pod, and nothing else', async () => {
  for (const uid of ['gone', 'here']) {
    await mkdir(join(root, uid, 'volumes'), { recursive: true });
    await writeFile(join(root, uid, 'volumes', 'file'), 'x');
  }
  await mkdir(join(root, '.images'));
  await setAsidePodFolder(root, 'gone');
  const removed: string[] = [];
  const engine = { removeVolume: async (name: string) => void removed.push(name) } as unknown as Engine;
  const volumes = [
    { name: 'a', uid: 'gone' },
    { name: 'b', uid: 'here' },
  ];
  await sweepLeftovers(volumes, new Set(['here']), { engine, root, logger: silent });
  expect((await readdir(root)).sort()).toEqual(['.images', 'here']);
  expect(removed).toEqual(['a']);
});

test('setAsidePodFolder() of a pod without a folder is no failure, also again', async () => {
  await setAsidePodFolder(root, 'none');
  await mkdir(join(root, 'pod'));
  const aside = await setAsidePodFolder(root, 'pod');
  expect(await setAsidePodFolder(root, 'pod')).toBe(aside);
  expect(await readdir(root)).toEqual(['.gone-pod']);
});

test('sweepLeftovers() removes what was begun for pods that the engine never heard of, and no pod’s files', async () => {
  const [begun, known, prepared, young] = ['1', '2', '3', '4'].map(
    (digit) => `${digit}0000000-0000-4000-8000-000000000000`,
  );
  for (const uid of [begun, known, prepared, young]) await mkdir(join(root, `${uid}`, 'etc'), { recursive: true });
  await mkdir(join(root, `${prepared}`, 'volumes'));
  await mkdir(join(root, 'lost+found'));
  for (const name of [begun, known, prepared, 'lost+found']) await utimes(join(root, `${name}`), 0, 0);
  await sweepLeftovers([], new Set([`${known}`]), { engine: {} as Engine, root, logger: silent });
  expect((await readdir(root)).sort()).toEqual([known, prepared, young, 'lost+found']);
});
