import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Owner, ownerKey } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryBackend } from '../testing/memory-backend.ts';
import { startSidecar } from '../testing/running-sidecar.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-kubeconfigs-'));
  folder = join(root, 'kubeconfigs');
});
afterEach(async () => await rm(root, { recursive: true }));

const here: Owner = { cluster: 'c', node: 'n' };
const there: Owner = { cluster: 'c', node: 'n-2' };
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const hour = 3_600_000;

/** A sidecar whose backend keeps what it is told: `owner path`. */
async function start() {
  const told: string[] = [];
  const backend = new MemoryBackend();
  backend.kubeconfig = async (owner, path) => void told.push(`${ownerKey(owner)} ${path}`);
  return { told, sidecar: await startSidecar({ backend, kubeconfigFolder: folder }) };
}

test('a kubeconfig is a file of this account’s own, replaced as a whole, and the backend is told where', async () => {
  const { told, sidecar } = await start();
  await using running = sidecar;
  const client = running.clientOf(here);
  const path = join(folder, 'c', 'n');
  await client.putKubeconfig({ kubeconfig: 'first', expiresAt: inMs(hour) });
  const { ino, mode } = await stat(path);
  await client.putKubeconfig({ kubeconfig: 'second', expiresAt: inMs(2 * hour) });
  expect(await readFile(path, 'utf8')).toBe('second');
  expect((await stat(path)).ino).not.toBe(ino);
  expect(mode & 0o777).toBe(0o600);
  for (const each of [folder, join(folder, 'c')]) expect((await stat(each)).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'c'))).toEqual(['n']);
  expect(told).toEqual([`c/n ${path}`, `c/n ${path}`]);
});

test('an owner has its own, and takes only that back', async () => {
  const { told, sidecar } = await start();
  await using running = sidecar;
  await running.clientOf(here).putKubeconfig({ kubeconfig: 'mine', expiresAt: inMs(hour) });
  await running.clientOf(there).putKubeconfig({ kubeconfig: 'yours', expiresAt: inMs(hour) });
  await running.clientOf(here).deleteKubeconfig();
  await running.clientOf(here).deleteKubeconfig();
  expect(await readdir(join(folder, 'c'))).toEqual(['n-2']);
  expect(await readFile(join(folder, 'c', 'n-2'), 'utf8')).toBe('yours');
  expect(told.slice(2)).toEqual(['c/n undefined', 'c/n undefined']);
});

test('a restart tells the backend of those that are valid, and removes the rest', async () => {
  const first = await start();
  await first.sidecar.clientOf(here).putKubeconfig({ kubeconfig: 'valid', expiresAt: inMs(hour) });
  await first.sidecar.clientOf(there).putKubeconfig({ kubeconfig: 'short', expiresAt: inMs(hour) });
  await first.sidecar[Symbol.asyncDispose]();
  await utimes(join(folder, 'c', 'n-2'), 0, new Date(Date.now() - 1));
  await writeFile(join(folder, 'c', '.0a1b2c3d'), 'cut off');
  const { told, sidecar } = await start();
  await using _ = sidecar;
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(told.toSorted()).toEqual([`c/n ${join(folder, 'c', 'n')}`, 'c/n-2 undefined']);
  expect(await readdir(join(folder, 'c'))).toEqual(['n']);
});

test('one that is not renewed goes when its token ends', async () => {
  const { told, sidecar } = await start();
  await using running = sidecar;
  await running.clientOf(here).putKubeconfig({ kubeconfig: 'short', expiresAt: inMs(3_000) });
  await vi.waitFor(() => expect(told.at(-1)).toBe('c/n undefined'), { timeout: 10_000 });
  expect(await readdir(join(folder, 'c'))).toEqual([]);
});

test.each([
  ['has expired', { kubeconfig: 'x', expiresAt: '2020-01-01T00:00:00Z' }, /has expired: its expiresAt is 2020/],
  ['ends at no time', { kubeconfig: 'x', expiresAt: 'soon' }, /expiresAt/],
  ['is empty', { kubeconfig: '', expiresAt: '2020-01-01T00:00:00Z' }, /kubeconfig/],
])('a kubeconfig that %s is refused', async (_, body, reason) => {
  const { told, sidecar } = await start();
  await using running = sidecar;
  const putting = running.clientOf(here).putKubeconfig(body);
  await expect(putting).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(reason) });
  expect(told).toEqual([]);
});

test('a backend that wants none answers so', async () => {
  await using running = await startSidecar({ kubeconfigFolder: folder });
  const putting = running.clientOf(here).putKubeconfig({ kubeconfig: 'x', expiresAt: inMs(hour) });
  const message = `The backend "memory" can't use a kubeconfig`;
  await expect(putting).rejects.toMatchObject({ code: 'unimplemented', message });
  await expect(running.clientOf(here).deleteKubeconfig()).rejects.toMatchObject({ code: 'unimplemented' });
});
