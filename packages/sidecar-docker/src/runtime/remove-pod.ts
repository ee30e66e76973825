import { rm } from 'node:fs/promises';
import type { Attempt, Logger } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { uidLabel } from '../identity/labels.ts';
import { unlessGone } from '../pods/unless-gone.ts';
import type { PodReader } from '../status/pod-reader.ts';
import { removePodFolder } from '../volumes/write-volumes.ts';
import { attemptFolder } from './termination-log.ts';
import { engineIdOf } from './to-runtime-pod.ts';

export interface RemovalContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly root: string;
  readonly logger: Logger;
}

export async function removeAttempt(uid: string, attempt: Attempt, { engine, root }: RemovalContext): Promise<void> {
  await unlessGone(engine.removeContainer(engineIdOf(attempt)));
  await rm(attemptFolder(root, uid, attempt), { recursive: true, force: true });
}

/** Containers, volumes and files. The sandbox goes last: while it is there, the pod is known to be on its way out. */
export async function removePod(uid: string, context: RemovalContext): Promise<void> {
  const { engine, reader } = context;
  const snapshot = await reader.readPod(uid);
  await Promise.all((snapshot?.containers ?? []).map(({ id }) => unlessGone(engine.removeContainer(id))));
  if (snapshot?.sandbox !== undefined) await unlessGone(engine.removeContainer(snapshot.sandbox.id));
  const volumes = await engine.listVolumes(`${uidLabel}=${uid}`);
  await Promise.all(volumes.map((name) => unlessGone(engine.removeVolume(name))));
  await removeFiles(uid, context);
}

/** Files that a container's root user left behind are beyond an ordinary account; they don't keep the pod from going. */
async function removeFiles(uid: string, { root, logger }: RemovalContext): Promise<void> {
  try {
    await removePodFolder(root, uid);
  } catch (error) {
    logger.warn({ podUid: uid, err: error }, 'cannot remove all files of the pod');
  }
}
