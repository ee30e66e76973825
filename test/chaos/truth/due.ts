import type { PodLife } from '../plan/pod-life.ts';
import type { Sighting } from './sighting.ts';

/**
 * Whether a pod has come to the end that is due.
 *
 * @param isExcused something may have made it fail that ends what runs
 */
export function isSettled({ deletion, exitCode }: PodLife, last: Sighting | undefined, isExcused: boolean): boolean {
  if (last === undefined) return false;
  if (deletion !== undefined || last.isGone) return last.isGone;
  if (isExcused && last.phase === 'Failed') return true;
  return last.phase === (exitCode === 0 ? 'Succeeded' : 'Failed');
}
