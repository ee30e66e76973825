import { rm } from 'node:fs/promises';
import type { Attempt, Logger } from '@interlink/sidecar-sdk';
import type { Engine, PodVolume } from '../engine/engine.ts';
import { uidLabel } from '../identity/labels.ts';
import { removeContainer } from '../pods/remove-container.ts';
import { unlessGone } from '../pods/unless-gone.ts';
import type { PodReader } from '../status/pod-reader.ts';
import { begunPods } from '../volumes/begun-folders.ts';
import { setAsideFolders, setAsidePodFolder } from '../volumes/set-aside.ts';
import { podFolder } from '../volumes/volume-paths.ts';
import { attemptFolder } from './termination-log.ts';
import { engineIdOf } from './to-runtime-pod.ts';

export interface RemovalContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly root: string;
  readonly logger: Logger;
}

export async function removeAttempt(uid: string, attempt: Attempt, { engine, root }: RemovalContext): Promise<void> {
  await removeContainer(engine, engineIdOf(attempt));
  await rm(attemptFolder(root, uid, attempt), { recursive: true, force: true });
}

/**
 * Containers, files and volumes. The sandbox goes after the containers: while it is there, the pod is known to be on its way out. What is
 * left to do then can be seen by whoever comes later: {@link sweepLeftovers}.
 */
export async function removePod(uid: string, context: RemovalContext): Promise<void> {
  const { engine, reader, root } = context;
  const snapshot = await reader.readPod(uid);
  await Promise.all((snapshot?.containers ?? []).map(({ id }) => removeContainer(engine, id)));
  const folder = await setAsidePodFolder(root, uid);
  if (snapshot?.sandbox !== undefined) await removeContainer(engine, snapshot.sandbox.id);
  const volumes = await engine.listVolumes(`${uidLabel}=${uid}`);
  await Promise.all(volumes.map(({ name }) => unlessGone(engine.removeVolume(name))));
  await removeFiles(folder, context);
}

/**
 * Ends what a killed process has begun: files of pods that are gone, or that the engine never heard of, and volumes without a pod.
 * @param volumes of pods, as they were before `pods` were listed: one that is made meanwhile is not among them
 */
export async function sweepLeftovers(
  volumes: ReadonlyArray<PodVolume>,
  pods: ReadonlySet<string>,
  context: Pick<RemovalContext, 'engine' | 'root' | 'logger'>,
): Promise<void> {
  const { engine, root, logger } = context;
  for (const folder of await setAsideFolders(root)) await removeFiles(folder, context);
  for (const uid of await begunPods(root)) if (!pods.has(uid)) await removeFiles(podFolder(root, uid), context);
  for (const { name, uid } of volumes.filter((volume) => !pods.has(volume.uid))) {
    await unlessGone(engine.removeVolume(name)).catch((error: unknown) => {
      logger.warn({ podUid: uid, err: error }, 'cannot remove a volume of a pod that is gone');
    });
  }
}

/** Files that a container's root user left behind are beyond an ordinary account; they don't keep the pod from going. */
async function removeFiles(folder: string, { logger }: Pick<RemovalContext, 'logger'>): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    logger.warn({ folder, err: error }, 'cannot remove all files of a pod');
  }
}
