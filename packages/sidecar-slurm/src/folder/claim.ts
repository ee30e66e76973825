import { readRegularFile, writeNew, writeWhole } from '@interlink/sidecar-sdk';
import type { PodFolder } from './pod-folder.ts';

/**
 * Gives the pod to its job of that number: no job with another number does anything then.
 * @returns whether it is this job's: false when another was first
 */
export async function takeClaim(folder: PodFolder, number: number): Promise<boolean> {
  const claim = `${number}\n`;
  const path = folder.file('claim');
  return (await writeNew(path, claim)) || (await readRegularFile(path, 64)) === claim;
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
