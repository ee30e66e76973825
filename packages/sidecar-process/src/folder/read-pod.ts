import { readdir } from 'node:fs/promises';
import { declared, type Pod } from '@interlink/sidecar-sdk';
import { isAlive } from '../runner/process-identity.ts';
import type { Child, Claim, Ending, RunOrder } from '../runner/records.ts';
import type { PodFolder, StopOrder, StoredPod, StoredUpdate } from './pod-folder.ts';
import type { AttemptRecord, AttemptRecordState, PodRecord } from './pod-record.ts';
import { readJson } from './read-json.ts';

/** Reads a pod's folder, or undefined when there is no such pod. */
export async function readPod(folder: PodFolder): Promise<PodRecord | undefined> {
  const stored = await readJson<StoredPod>(folder.request);
  if (stored === undefined) return undefined;
  const pod = updated(stored.request.pod, await readJson<StoredUpdate>(folder.update));
  const attempts = await Promise.all(declared(pod).map(({ spec }) => readAttempts(folder, spec.name)));
  return {
    owner: stored.owner,
    pod,
    acceptedAt: stored.acceptedAt,
    stop: await readJson<StopOrder>(folder.stop),
    attempts: attempts.flat(),
  };
}

function updated({ metadata, spec }: Pod, update: StoredUpdate | undefined): Pod {
  if (update === undefined) return { metadata, spec: { ...spec, ephemeralContainers: [] } };
  const { generation, containers, ephemeralContainers } = update;
  const deadlines = [spec.activeDeadlineSeconds, update.activeDeadlineSeconds].filter((each) => each !== undefined);
  const images = new Map(containers.map(({ name, image }) => [name, image]));
  return {
    metadata: { ...metadata, generation },
    spec: {
      ...spec,
      containers: spec.containers.map((each) => ({ ...each, image: images.get(each.name) ?? each.image ?? '' })),
      ephemeralContainers: [...ephemeralContainers],
      // Nobody may lengthen it in Kubernetes: a longer one is the whole that the create was told what was left of.
      ...(deadlines.length === 0 ? {} : { activeDeadlineSeconds: Math.min(...deadlines) }),
    },
  };
}

/** Newest first. */
async function readAttempts(folder: PodFolder, container: string): Promise<AttemptRecord[]> {
  const numbers = await attemptNumbers(folder.container(container));
  const attempts = await Promise.all(numbers.map((number) => readAttempt(folder, container, number)));
  return attempts.filter((attempt) => attempt !== undefined);
}

async function attemptNumbers(containerFolder: string): Promise<number[]> {
  const names = await readdir(containerFolder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

/** An attempt begins with its order: a folder without one is what a crash left of a beginning. */
async function readAttempt(folder: PodFolder, container: string, number: number): Promise<AttemptRecord | undefined> {
  const order = await readJson<RunOrder>(folder.attemptFile(container, number, 'order'));
  if (order === undefined) return undefined;
  return { container, number, order, state: await readAttemptState(folder, container, number) };
}

/** What has become of an attempt that was ordered. */
export async function readAttemptState(
  folder: PodFolder,
  container: string,
  number: number,
): Promise<AttemptRecordState> {
  const read = <T>(file: 'claim' | 'child' | 'ending') => readJson<T>(folder.attemptFile(container, number, file));
  const ending = await read<Ending>('ending');
  if (ending !== undefined) return { kind: 'ended', ending };
  const claim = await read<Claim>('claim');
  if (claim === undefined) return { kind: 'ordered' };
  const child = await read<Child>('child');
  if (claim.runner !== undefined && isAlive(claim.runner)) {
    return child === undefined
      ? { kind: 'starting', runner: claim.runner }
      : { kind: 'running', runner: claim.runner, child };
  }
  // It may have written its last word between the two looks.
  const lastWord = await read<Ending>('ending');
  return lastWord === undefined ? { kind: 'lost', child } : { kind: 'ended', ending: lastWord };
}
