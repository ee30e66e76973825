import { statSync } from 'node:fs';
import type { RunOrder } from './records.ts';

/** Where a container's processes start: in its workingDir where there is such a folder by then, else in the pod's scratch folder. */
export function workingFolder({ workingDir, scratch }: Pick<RunOrder, 'workingDir' | 'scratch'>): string {
  if (workingDir === undefined || workingDir === '') return scratch;
  return isFolder(workingDir) ? workingDir : scratch;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
