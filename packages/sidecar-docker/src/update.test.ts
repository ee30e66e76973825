import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodReport } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { PodWorks } from './pods/pod-works.ts';
import { toRuntimePod } from './runtime/to-runtime-pod.ts';
import type { PodReader } from './status/pod-reader.ts';
import type { PodSnapshot } from './status/pod-snapshot.ts';
import { owner } from './testing/running-pod.ts';
import { type UpdateOptions, updatePod } from './update.ts';
import { readDeadlines } from './volumes/deadline-note.ts';

test('updatePod() notes a deadline that has changed for the process after this one', async () => {
  const root = await mkdtemp(join(tmpdir(), 'interlink-update-'));
  onTestFinished(async () => await rm(root, { recursive: true }));
  await mkdir(join(root, 'u'));
  const spec = { containers: [], activeDeadlineSeconds: 600 };
  const pod = { owner, uid: 'u', namespace: 'ns', name: 'p', generation: 1, spec };
  const snapshot = { pod, sandbox: { mayRestart: true }, containers: [] } as unknown as PodSnapshot;
  const works = new PodWorks();
  const lifecycle = { memoryOf: () => ({ hurry: () => undefined }), settle: async () => ({}) as PodReport };
  const options: UpdateOptions = {
    engine: { info: async () => ({ cpus: 1, memoryBytes: 1 }) } as unknown as Engine,
    reader: { readPod: async () => snapshot } as unknown as PodReader,
    ...{ works, root, lifecycle: lifecycle as unknown as UpdateOptions['lifecycle'] },
  };
  const metadata = { uid: 'u', namespace: 'ns', name: 'p', generation: 2 };
  const update = async (activeDeadlineSeconds: number) =>
    await updatePod({ pod: { metadata, spec: { ...spec, activeDeadlineSeconds } } }, owner, options);

  await update(600);
  expect(await readDeadlines(root)).toEqual(new Map());
  await update(60);
  expect(await readDeadlines(root)).toEqual(new Map([['u', 60]]));
  expect(toRuntimePod(snapshot, works.find('u')).pod.spec.activeDeadlineSeconds).toBe(60);
  // The whole, from an owner that told the create what was left of it.
  await update(7_200);
  expect(await readDeadlines(root)).toEqual(new Map([['u', 60]]));
  expect(toRuntimePod(snapshot, works.find('u')).pod.spec.activeDeadlineSeconds).toBe(60);
});
