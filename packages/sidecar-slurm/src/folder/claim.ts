import { readRegularFile, writeNew } from '@interlink/sidecar-sdk';
import type { PodFolder } from './pod-folder.ts';

/**
 * Gives the pod to its job of that number, for ever: no job with another number does anything then.
 * @returns whether it is this job's: false when another was first
 */
export async function takeClaim(folder: PodFolder, number: number): Promise<boolean> {
  const claim = `${number}\n`;
  const path = folder.file('claim');
  return (await writeNew(path, claim)) || (await readRegularFile(path, 64)) === claim;
}
