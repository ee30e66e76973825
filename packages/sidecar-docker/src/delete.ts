import type { PodReference } from '@interlink/sidecar-sdk';
import { forbidRestart } from './pods/forbid-restart.ts';
import { containersOf, type DeletionContext, PodDeletion } from './pods/pod-deletion.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { removePodFolder } from './volumes/write-volumes.ts';

export interface DeleteOptions extends Omit<DeletionContext, 'work'> {
  readonly works: PodWorks;
  /** Those under way in this process, by UID. */
  readonly deletions: Map<string, PodDeletion>;
}

/**
 * Takes the order: creation and back-offs end, and the engine notes that nothing of the pod is started again, its sandbox
 * first. The end itself goes on behind. Sent again it can shorten the grace period, and takes up what a killed process left.
 */
export async function deletePod(pod: PodReference, gracePeriodSeconds: number, options: DeleteOptions): Promise<void> {
  const { engine, reader, observer, works, deletions, root } = options;
  const { uid } = pod;
  const underWay = deletions.get(uid);
  if (underWay !== undefined) return underWay.shorten(gracePeriodSeconds);
  const work = works.get(uid);
  await work.cancel();
  const snapshot = await reader.readPod(uid);
  if (snapshot === undefined) {
    await removePodFolder(root, uid);
    return observer.gone(uid);
  }
  if (snapshot.sandbox !== undefined) await forbidRestart(engine, snapshot.sandbox.id);
  await Promise.all(
    containersOf(snapshot)
      .filter(({ mayRestart }) => mayRestart)
      .map(async ({ id }) => await forbidRestart(engine, id)),
  );
  const deletion = new PodDeletion(pod, gracePeriodSeconds, { ...options, work });
  deletions.set(uid, deletion);
  void deletion.run().finally(() => {
    deletions.delete(uid);
    observer.gone(uid);
  });
}
