import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodRequest } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PodWorks } from './pods/pod-works.ts';
import { mountSite } from './testing/site-policy.ts';
import { updateVolumes } from './update-volumes.ts';
import { writeVolumes } from './volumes/write-volumes.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const reference = { owner: { cluster: 'c', node: 'n' }, uid, namespace: 'ns', name: 'p' };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-update-'));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const content = (name: string, text: string, path = 'key') => ({
  name,
  files: [{ path, mode: 0o400, data: Buffer.from(text).toString('base64') }],
});
const request = (fsGroup?: number): PodRequest => ({
  pod: {
    metadata: { name: 'p', namespace: 'ns', uid },
    spec: {
      containers: [{ name: 'c' }],
      volumes: [
        { name: 'cfg', configMap: {} },
        { name: 'mixed', projected: {} },
        { name: 'tmp', emptyDir: {} },
      ],
      ...(fsGroup === undefined ? {} : { securityContext: { fsGroup } }),
    },
  },
  volumes: [content('cfg', 'old'), content('mixed', 'old')],
});
const pathOf = (name: string) => join(root, uid, 'volumes', name, 'key');
const update = async (volumes: PodRequest['volumes'], works = new PodWorks()) =>
  await updateVolumes(reference, volumes, { works, root });

test('updateVolumes() changes the named volumes only, in a process that never saw the create', async () => {
  await writeVolumes(request(), mountSite(root));
  await update([content('cfg', 'new')]);
  expect([await readFile(pathOf('cfg'), 'utf8'), await readFile(pathOf('mixed'), 'utf8')]).toEqual(['new', 'old']);
});

test('updateVolumes() treats the pod’s fsGroup as the create did', async () => {
  await writeVolumes(request(process.getgid?.() ?? 0), mountSite(root));
  const before = (await stat(pathOf('cfg'))).mode & 0o777;
  await update([content('cfg', 'new')]);
  expect([before, (await stat(pathOf('cfg'))).mode & 0o777]).toEqual([0o440, 0o440]);
});

test.each(['none', 'tmp', '..', '../cfg'])('updateVolumes() refuses the volume %j, and does nothing', async (name) => {
  await writeVolumes(request(), mountSite(root));
  await expect(update([content('cfg', 'new'), content(name, 'new')])).rejects.toMatchObject({
    code: 'invalid_argument',
  });
  expect(await readFile(pathOf('cfg'), 'utf8')).toBe('old');
});

test('updateVolumes() asks to be called again while the files of a create are to be written', async () => {
  const works = new PodWorks();
  await expect(update([content('cfg', 'new')], works)).rejects.toMatchObject({ code: 'unavailable' });
  await writeVolumes(request(), mountSite(root));
  works.get(uid).areVolumesDue = true;
  await expect(update([content('cfg', 'new')], works)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await readFile(pathOf('cfg'), 'utf8')).toBe('old');
});

test('updateVolumes() leaves a pod alone that is being deleted', async () => {
  await writeVolumes(request(), mountSite(root));
  const works = new PodWorks();
  works.get(uid).orderDeletion(0);
  await expect(update([content('cfg', 'new')], works)).rejects.toMatchObject({ code: 'aborted' });
});
