import { InterLinkError, type PodLifecycle, type PodReference } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { isUnimplemented } from './engine/engine-error.ts';
import { forbidRestart } from './pods/forbid-restart.ts';
import type { PodWorks } from './pods/pod-works.ts';
import type { PodReader } from './status/pod-reader.ts';
import { writeDeletion } from './volumes/deletion-note.ts';
import { removePodFolder } from './volumes/write-volumes.ts';

export interface DeleteOptions {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly works: PodWorks;
  readonly lifecycle: PodLifecycle;
  readonly root: string;
}

/**
 * Takes the order: the sandbox gets the note that the pod is to go, and what is being made is given up. The end itself goes on behind.
 * Sent again it can shorten the grace period, and takes up what a killed process left.
 */
export async function deletePod(pod: PodReference, gracePeriodSeconds: number, options: DeleteOptions): Promise<void> {
  const { reader, works, lifecycle, root } = options;
  const { uid } = pod;
  works.get(uid).orderDeletion(Date.now() + gracePeriodSeconds * 1_000);
  const snapshot = await reader.readPod(uid);
  if (snapshot === undefined) await removePodFolder(root, uid);
  if (snapshot?.sandbox !== undefined) {
    await noteDeletion(uid, snapshot.sandbox.id, options).catch(unlessFull);
    reader.forget(snapshot.sandbox.id);
  }
  await lifecycle.cancel(uid);
  lifecycle.nudge(uid, 0);
}

/** At the engine, or in the pod's folder where the engine can't change a container. */
async function noteDeletion(uid: string, sandboxId: string, { engine, root }: DeleteOptions): Promise<void> {
  try {
    await forbidRestart(engine, sandboxId);
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
    await writeDeletion(root, uid);
  }
}

/** On a full disk the note can't be made, and pods have to go before there is room. Whoever comes after this process is asked again. */
function unlessFull(error: unknown): void {
  if (!(error instanceof InterLinkError && error.code === 'resource_exhausted')) throw error;
}
