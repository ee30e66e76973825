import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodRequest } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mountSite } from '../testing/site-policy.ts';
import { ensureDataRoot } from './data-root.ts';
import { removePodFolder, writeVolumes } from './write-volumes.ts';

const uid = '00000000-0000-4000-8000-000000000001';
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-volumes-'));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const requestWith = (text: string, path = 'sub/key'): PodRequest => ({
  pod: {
    metadata: { name: 'p', namespace: 'ns', uid },
    spec: {
      containers: [{ name: 'c', volumeMounts: [{ name: 'tmp', mountPath: '/x', subPath: 'a/b' }] }],
      volumes: [
        { name: 'cfg', secret: {} },
        { name: 'tmp', emptyDir: {} },
      ],
    },
  },
  volumes: [
    {
      name: 'cfg',
      files: [
        { path: 'top', mode: 0o400, data: Buffer.from(text).toString('base64') },
        { path, mode: 0o640, data: '' },
      ],
    },
  ],
});
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

describe('writeVolumes()', () => {
  test('lays files out behind one link, with their exact modes', async () => {
    await writeVolumes(requestWith('one'), mountSite(root));
    const folder = join(root, uid, 'volumes', 'cfg');
    expect(await readlink(join(folder, 'top'))).toBe('..data/top');
    expect(await readlink(join(folder, 'sub'))).toBe('..data/sub');
    expect(await readFile(join(folder, 'top'), 'utf8')).toBe('one');
    expect(await modeOf(join(folder, 'top'))).toBe(0o400);
    expect(await modeOf(join(folder, 'sub', 'key'))).toBe(0o640);
    expect(await modeOf(join(root, uid))).toBe(0o700);
  });

  test('makes emptyDirs and their sub-paths writable for all', async () => {
    await writeVolumes(requestWith('one'), mountSite(root));
    expect(await modeOf(join(root, uid, 'volumes', 'tmp'))).toBe(0o777);
    expect(await modeOf(join(root, uid, 'volumes', 'tmp', 'a', 'b'))).toBe(0o777);
  });

  test('written again holds the new files and nothing of the old ones', async () => {
    await writeVolumes(requestWith('one', 'old'), mountSite(root));
    await writeVolumes(requestWith('two', 'new'), mountSite(root));
    const folder = join(root, uid, 'volumes', 'cfg');
    expect(await readFile(join(folder, 'top'), 'utf8')).toBe('two');
    expect((await readdir(folder)).filter((name) => !name.startsWith('..2'))).toEqual(['..data', 'new', 'top']);
  });

  test('removePodFolder() leaves nothing, and nothing to remove is no failure', async () => {
    await writeVolumes(requestWith('one'), mountSite(root));
    await removePodFolder(root, uid);
    await removePodFolder(root, uid);
    expect(await readdir(root)).toEqual([]);
  });
});

describe('ensureDataRoot()', () => {
  test('makes the folder for its account alone', async () => {
    await ensureDataRoot(join(root, 'state', 'docker'));
    expect(await modeOf(join(root, 'state', 'docker'))).toBe(0o700);
  });

  test.each(['relative', '/tmp'])('refuses %s', async (path) => {
    await expect(ensureDataRoot(path)).rejects.toThrow(/as DataRootFolder/);
  });
});
