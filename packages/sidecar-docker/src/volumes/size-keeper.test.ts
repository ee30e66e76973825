import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodRequest, Volume } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silent } from '../testing/running-pod.ts';
import { mountSite } from '../testing/site-policy.ts';
import { type Eviction, readEvictions } from './eviction-note.ts';
import { SizeKeeper } from './size-keeper.ts';
import { toSizeLimits } from './size-limits.ts';
import { writeVolumes } from './write-volumes.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const { signal } = new AbortController();
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-keeper-'));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const request = (...volumes: Volume[]): PodRequest => ({
  pod: { metadata: { name: 'p', namespace: 'ns', uid }, spec: { containers: [{ name: 'c' }], volumes } },
  volumes: [],
});
async function look(): Promise<[string, Eviction][]> {
  const told: [string, Eviction][] = [];
  const onEvicted = async (pod: string, eviction: Eviction) => void told.push([pod, eviction]);
  await new SizeKeeper({ root, logger: silent, onEvicted }).look(signal);
  return told;
}

test('a pod within its limits is left alone; one past them is evicted, and known to be after a restart', async () => {
  await writeVolumes(request({ name: 'v', emptyDir: { sizeLimit: '1Mi' } }), mountSite(root));
  const fill = async (bytes: number) =>
    await writeFile(join(root, uid, 'volumes', 'v', 'file'), Buffer.alloc(bytes, 'x'));
  await fill(512 * 1024);
  expect(await look()).toEqual([]);
  await fill(2 * 1024 * 1024);
  const message = 'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ';
  const [[evictedUid, eviction] = []] = await look();
  expect([evictedUid, eviction?.reason, eviction?.message]).toEqual([uid, 'Evicted', message]);
  await fill(0);
  expect(await look()).toEqual([[uid, eviction]]);
  expect(await readEvictions(root)).toEqual(new Map([[uid, eviction]]));
});

test('a pod is noted before it is told: a process that takes over while its containers end must not begin them anew', async () => {
  await writeVolumes(request({ name: 'v', emptyDir: { sizeLimit: '1' } }), mountSite(root));
  await writeFile(join(root, uid, 'volumes', 'v', 'file'), 'more than that');
  const noted: boolean[] = [];
  const onEvicted = (pod: string) => void noted.push(existsSync(join(root, pod, 'evicted.json')));
  await new SizeKeeper({ root, logger: silent, onEvicted }).look(signal);
  expect(noted).toEqual([true]);
});

test('a pod that one can’t look at does not keep the others from being looked at', async () => {
  await writeVolumes(request({ name: 'v', emptyDir: { sizeLimit: '1' } }), mountSite(root));
  // It comes first.
  await writeFile(join(root, '00000000-0000-4000-8000-000000000000'), '');
  expect((await look()).map(([pod]) => pod)).toEqual([uid]);
});

test('what else the sidecar keeps beside its pods is no pod, and no trouble', async () => {
  await writeFile(join(root, 'probe-1'), '');
  const warn = vi.fn();
  const logger = { ...silent, warn };
  await new SizeKeeper({ root, logger, onEvicted: async () => undefined }).look(signal);
  expect(warn.mock.calls).toEqual([]);
});

test('toSizeLimits() takes emptyDirs on disk with a limit above 0', () => {
  const volumes: Volume[] = [
    { name: 'a', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'b', emptyDir: { sizeLimit: '1Gi', medium: 'Memory' } },
    { name: 'c', emptyDir: {} },
    { name: 'd', emptyDir: { sizeLimit: '0' } },
  ];
  expect(toSizeLimits({ containers: [{ name: 'c' }], volumes })).toEqual([{ volume: 'a', limit: '1Gi' }]);
});
