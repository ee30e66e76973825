import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { writePod } from '../folder/write-pod.ts';
import { SessionMeter } from '../stats/session-meter.ts';
import { measurePods } from '../stats.ts';
import { owner, requestOf, temporaryFolder } from '../testing/pods.ts';
import { ProcessRuntime } from './process-runtime.ts';

test('ProcessRuntime reads other pods beside one whose folder can’t be read, and does not take that for gone', async () => {
  await using pods = await temporaryFolder();
  const [broken, well] = [requestOf(['true']), requestOf(['true'])];
  for (const request of [broken, well]) await writePod(pods.path, request, owner, '2027-01-01T00:00:00Z');
  const { uid } = broken.pod.metadata;
  const folder = new PodFolder(pods.path, uid);
  const list = async (runtime: ProcessRuntime) =>
    Object.fromEntries(
      (await runtime.readAll()).map((pod) => [
        pod.pod.metadata.uid,
        'unreadable' in pod ? pod.unreadable.message : 'read',
      ]),
    );

  await writeFile(folder.update, '');
  const found = { [uid]: expect.stringContaining(`Cannot read ${folder.update}`), [well.pod.metadata.uid]: 'read' };
  expect(await list(new ProcessRuntime(pods.path, Date.now))).toEqual(found);
  expect((await measurePods(pods.path, owner, new SessionMeter())).pods).toHaveLength(1);

  // Whose it is, is remembered; without that, nobody can be told of it, and all of them hear that there is no list.
  await writeFile(folder.update, JSON.stringify({ generation: 1, containers: [], ephemeralContainers: [] }));
  const runtime = new ProcessRuntime(pods.path, Date.now);
  await list(runtime);
  await writeFile(folder.request, '');
  expect((await list(runtime))[uid]).toContain(`Cannot read ${folder.request}`);
  await expect(list(new ProcessRuntime(pods.path, Date.now))).rejects.toThrow(`Cannot read ${folder.request}`);
});
