import type { MountSite } from '../container/mounts.ts';
import type { SitePolicy } from '../container/refusal.ts';
import type { ClaimMap } from '../volumes/claim-map.ts';

const noClaims: ClaimMap = new Map();

/** A site that allows nothing of its own. */
export const strictPolicy: SitePolicy = {
  exportsPodData: true,
  hostPaths: { allowed: [], forbidden: [] },
  claims: noClaims,
};

/** Such a site with its volumes below `root`, at an engine of today. */
export function mountSite(root: string, more: Partial<MountSite> = {}): MountSite {
  const { hostPaths, claims } = strictPolicy;
  return { root, hostPaths, claims, hasSafeSubPaths: true, ...more };
}
