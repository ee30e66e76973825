import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { podRequest } from '../testing/running-backend.ts';
import { clearSecrets } from './clear-secrets.ts';

test('clearSecrets() leaves of a pod what it has said and how it ended', async () => {
  const root = await mkdtemp(join(tmpdir(), 'interlink-slurm-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const { pod } = podRequest();
  const folder = new PodFolder(root, pod.metadata);
  const paths = [
    ...['request.json', 'job.sh', 'pod.state', 'auth.json', 'auth-1.json', 'script.sh', 'volumes/token/..data/token'],
    ...['pull.sh', 'images/main/image'],
    ...['state', 'env', 'command', 'args', 'probe-liveness', 'enter', '0/log', '12/log'].map(
      (n) => `containers/main/${n}`,
    ),
  ];
  for (const path of paths) {
    await mkdir(join(folder.path, path, '..'), { recursive: true });
    await writeFile(join(folder.path, path), 'x');
  }
  await clearSecrets(folder, pod);
  await clearSecrets(folder, pod);
  expect((await readdir(folder.path)).toSorted()).toEqual(['containers', 'job.sh', 'pod.state', 'request.json']);
  expect((await readdir(join(folder.path, 'containers', 'main'))).toSorted()).toEqual(['0', '12', 'state']);
});
