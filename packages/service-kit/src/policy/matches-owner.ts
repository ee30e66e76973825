import type { Owner } from '@interlink/protocol';
import { matchesPattern } from './matches-pattern.ts';

/** Whether `CLUSTER/NODE` with stars, or `*` for all, is this owner. A star stands for letters of one part only, never for the slash. */
export function matchesOwner(pattern: string, { cluster, node }: Owner): boolean {
  if (pattern === '*') return true;
  const [clusterPattern, nodePattern, ...more] = pattern.split('/');
  if (clusterPattern === undefined || nodePattern === undefined || more.length > 0) return false;
  return matchesPattern(clusterPattern, cluster) && matchesPattern(nodePattern, node);
}
