import { duePhase, type PodLife } from '../plan/pod-life.ts';
import type { Sighting } from './sighting.ts';

/**
 * Whether a pod has come to the end that is due.
 *
 * @param isExcused something may have made it fail that ends what runs
 */
export function isSettled(life: PodLife, last: Sighting | undefined, isExcused: boolean): boolean {
  if (last === undefined) return false;
  if (life.deletion !== undefined || last.isGone) return last.isGone;
  if (isExcused && last.phase === 'Failed') return true;
  return last.phase === duePhase(life);
}
