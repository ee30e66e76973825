import type { PodLife } from '../plan/pod-life.ts';
import type { Sighting } from './sighting.ts';

/** Whether a pod has come to the end that is due. */
export function isSettled({ deletion, exitCode }: PodLife, last: Sighting | undefined): boolean {
  if (last === undefined) return false;
  if (deletion !== undefined || last.isGone) return last.isGone;
  return last.phase === (exitCode === 0 ? 'Succeeded' : 'Failed');
}
