import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { ScratchFolder } from '../slurm/testing/scratch-folder.ts';
import { owner, podWith } from '../testing/pods.ts';
import { PodEntry } from './pod-entry.ts';

test('what a job tells is read once, whoever looks at the same time', async () => {
  using scratch = new ScratchFolder();
  const pod = podWith();
  const folder = new PodFolder(scratch.path, pod.metadata);
  await mkdir(folder.path);
  await writeFile(folder.file('pod.state'), 'job_id=7\nphase=running\n');
  await writeFile(folder.file('events'), '2027-01-01T00:00:00.000Z\tNormal\tStarted\tmain\tContainer started\n');
  const entry = new PodEntry(folder, { owner, pod, acceptedAt: '2027-01-01T00:00:00Z', order: {} as never });
  const told = await Promise.all([entry.read(), entry.read(), entry.read()]);
  expect(told.flat()).toEqual([{ type: 'Normal', reason: 'Started', container: 'main', message: 'Container started' }]);
  expect(await entry.read()).toEqual([]);
});
