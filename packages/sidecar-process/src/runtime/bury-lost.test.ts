import { mkdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { readPod } from '../folder/read-pod.ts';
import { writePod } from '../folder/write-pod.ts';
import { writeWhole } from '../runner/whole-file.ts';
import { owner, requestOf, temporaryFolder } from '../testing/pods.ts';
import { attemptRecord, nobody } from '../testing/records.ts';
import { buryLost } from './bury-lost.ts';

test('buryLost() ends with 137, once, what a runner has left that is gone', async () => {
  await using pods = await temporaryFolder();
  const request = requestOf(['true']);
  await writePod(pods.path, request, owner, '2027-01-01T00:00:00Z');
  const folder = new PodFolder(pods.path, request.pod.metadata.uid);
  await mkdir(folder.attempt('main', 0), { recursive: true });
  const startedAt = '2027-01-01T00:00:01Z';
  writeWhole(folder.attemptFile('main', 0, 'order'), attemptRecord({ kind: 'ordered' }).order);
  writeWhole(folder.attemptFile('main', 0, 'claim'), { runner: nobody });
  writeWhole(folder.attemptFile('main', 0, 'child'), { process: nobody, startedAt });

  const lost = await readPod(folder);
  if (lost === undefined) throw new Error('no pod');
  expect(lost.attempts[0]?.state.kind).toBe('lost');
  const nowMs = Date.parse('2027-01-01T00:00:02Z');
  const buried = await buryLost(folder, lost, nowMs);
  const ending = { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt, finishedAt: '2027-01-01T00:00:02.000Z' };
  expect(buried.attempts[0]?.state).toMatchObject({ kind: 'ended', ending });
  expect((await readPod(folder))?.attempts).toEqual(buried.attempts);
  // Who comes later finds the word of who was first.
  expect((await buryLost(folder, lost, nowMs + 5_000)).attempts).toEqual(buried.attempts);
});
