import { InterLinkError, type PodLifecycle, type PodReference } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { forbidRestart } from './pods/forbid-restart.ts';
import type { PodWorks } from './pods/pod-works.ts';
import type { PodReader } from './status/pod-reader.ts';
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
  const { engine, reader, works, lifecycle, root } = options;
  const { uid } = pod;
  works.get(uid).orderDeletion(Date.now() + gracePeriodSeconds * 1_000);
  const snapshot = await reader.readPod(uid);
  if (snapshot === undefined) await removePodFolder(root, uid);
  if (snapshot?.sandbox !== undefined) {
    await forbidRestart(engine, snapshot.sandbox.id).catch(unlessFull);
    reader.forget(snapshot.sandbox.id);
  }
  await lifecycle.cancel(uid);
  lifecycle.nudge(uid, 0);
}

/** On a full disk the note can't be made, and pods have to go before there is room. Whoever comes after this process is asked again. */
function unlessFull(error: unknown): void {
  if (!(error instanceof InterLinkError && error.code === 'resource_exhausted')) throw error;
}
