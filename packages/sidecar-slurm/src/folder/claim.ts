import { readRegularFile, writeNew, writeWhole } from '@interlink/sidecar-sdk';
import type { PodFolder } from './pod-folder.ts';

/** The exit code of a script that found the pod gone, or another job's: `not_mine` in script/lib/claim.sh. A container may have it as well. */
export const notMineCode = 100;

/**
 * Gives the pod to its job of that number: no job with another number does anything then. A claim that is empty, since its job found no
 * room on the file system, is nobody's.
 * @returns whether it is this job's: false when another was first
 */
export async function takeClaim(folder: PodFolder, number: number): Promise<boolean> {
  const claim = `${number}\n`;
  const path = folder.file('claim');
  if (await writeNew(path, claim)) return true;
  const text = await readRegularFile(path, 64);
  if (text === '') await moveClaim(folder, number);
  return text === '' || text === claim;
}

/** As {@link takeClaim}, from a job that has not begun. Should it have, before it knows of this, `runner` lets through one of both. */
export async function moveClaim(folder: PodFolder, number: number): Promise<void> {
  await writeWhole(folder.file('claim'), `${number}\n`);
}

/** The job that sees the folder and has begun, even if it has said nothing yet. */
export async function readRunner(folder: PodFolder): Promise<string | undefined> {
  const text = await readRegularFile(folder.file('runner'), 64);
  return /^\d+/.exec(text ?? '')?.[0];
}
