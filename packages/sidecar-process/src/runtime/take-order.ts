import { rmSync } from 'node:fs';
import type { PodFolder } from '../folder/pod-folder.ts';
import type { AttemptRecord } from '../folder/pod-record.ts';
import { isNoRoom } from '../runner/no-room.ts';
import type { Claim, Ending } from '../runner/records.ts';
import { writeOnce } from '../runner/whole-file.ts';

type Ordered = Pick<AttemptRecord, 'container' | 'number'>;

/** Takes an attempt's order so that no runner does. @returns false when one has taken it */
export function takeOrder(folder: PodFolder, { container, number }: Ordered): boolean {
  const claim: Claim = {};
  return writeOnce(folder.attemptFile(container, number, 'claim'), claim);
}

/**
 * The same for a pod that is removed, also on a full disk: without its order no runner begins. One that has read it already can't claim it
 * there, and when there is room, the folder is gone.
 */
export function withdrawOrder(folder: PodFolder, ordered: Ordered): boolean {
  try {
    return takeOrder(folder, ordered);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    rmSync(folder.attemptFile(ordered.container, ordered.number, 'order'), { force: true });
    return true;
  }
}

/** Ends an attempt that no runner could take. */
export function endUnstarted(folder: PodFolder, ordered: Ordered, nowMs: number): void {
  if (!takeOrder(folder, ordered)) return;
  const ending: Ending = {
    exitCode: 128,
    reason: 'StartError',
    message: 'The process that is to run the container could not be started, or ended at once',
    finishedAt: new Date(nowMs).toISOString(),
  };
  writeOnce(folder.attemptFile(ordered.container, ordered.number, 'ending'), ending);
}
