import { InterLinkError } from '@interlink/sidecar-sdk';
import { PodFolder } from '../folder/pod-folder.ts';
import { readPod } from '../folder/read-pod.ts';
import { removePod } from '../folder/remove-pod.ts';
import { signalGroup } from './signal-group.ts';
import { withdrawOrder } from './take-order.ts';

/**
 * Removes a pod's folder. A runner that somebody has started meanwhile would write into the void: orders are taken before, and what
 * has begun to run in spite of all is ended. @throws InterLinkError `aborted` then: it goes the next time
 */
export async function removeEndedPod(podsFolder: string, uid: string): Promise<void> {
  const folder = new PodFolder(podsFolder, uid);
  for (const attempt of (await readPod(folder))?.attempts ?? []) {
    const { state } = attempt;
    if (state.kind === 'ended' || (state.kind === 'ordered' && withdrawOrder(folder, attempt))) continue;
    if (state.kind === 'starting') signalGroup(state.runner, 'SIGKILL');
    else if (state.kind !== 'ordered' && state.child !== undefined) signalGroup(state.child.process, 'SIGKILL');
    if (state.kind !== 'lost')
      throw new InterLinkError('aborted', `container "${attempt.container}" has just been started`);
  }
  await removePod(podsFolder, uid, folder);
}
