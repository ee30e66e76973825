import { readdir } from 'node:fs/promises';
import type { Container, Pod } from '@interlink/sidecar-sdk';
import type { Attempt, AttemptState, ContainerFacts, PodFacts } from '../decide/pod-facts.ts';
import { isAlive } from '../runner/process-identity.ts';
import type { Child, Claim, Ending, RunOrder } from '../runner/records.ts';
import type { PodFolder, StopOrder, StoredPod, StoredUpdate } from './pod-folder.ts';
import { readJson } from './read-json.ts';

/** Reads a pod's folder, or undefined when there is no such pod. */
export async function readFacts(folder: PodFolder): Promise<PodFacts | undefined> {
  const stored = await readJson<StoredPod>(folder.request);
  if (stored === undefined) return undefined;
  const update = await readJson<StoredUpdate>(folder.update);
  const pod = update === undefined ? stored.request.pod : updated(stored.request.pod, update);
  return {
    owner: stored.owner,
    pod,
    acceptedAt: stored.acceptedAt,
    stop: await readJson<StopOrder>(folder.stop),
    initContainers: await readContainers(folder, pod.spec.initContainers ?? []),
    containers: await readContainers(folder, pod.spec.containers),
    ephemeralContainers: await readContainers(folder, update?.ephemeralContainers ?? []),
  };
}

function updated(pod: Pod, { generation, containers, activeDeadlineSeconds }: StoredUpdate): Pod {
  const images = new Map(containers.map(({ name, image }) => [name, image]));
  const spec = {
    ...pod.spec,
    containers: pod.spec.containers.map((each) => ({ ...each, image: images.get(each.name) ?? each.image ?? '' })),
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
  };
  return { metadata: { ...pod.metadata, generation }, spec };
}

async function readContainers(folder: PodFolder, containers: ReadonlyArray<Container>): Promise<ContainerFacts[]> {
  return await Promise.all(containers.map((container) => readContainer(folder, container)));
}

async function readContainer(folder: PodFolder, container: Container): Promise<ContainerFacts> {
  const attempts: Attempt[] = [];
  for (const number of await attemptNumbers(folder.container(container.name))) {
    const attempt = await readAttempt(folder, container.name, number);
    if (attempt !== undefined) attempts.push(attempt);
    if (attempts.length === 2) break;
  }
  return { container, latest: attempts[0], earlier: attempts[1] };
}

/** Newest first. */
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
async function readAttempt(folder: PodFolder, container: string, number: number): Promise<Attempt | undefined> {
  const order = await readJson<RunOrder>(folder.attemptFile(container, number, 'order'));
  if (order === undefined) return undefined;
  return { number, failuresBefore: order.failuresBefore, state: await readState(folder, container, number) };
}

async function readState(folder: PodFolder, container: string, number: number): Promise<AttemptState> {
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
