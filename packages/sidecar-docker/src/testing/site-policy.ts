import type { ClaimMap } from '@interlink/sidecar-sdk';
import type { MountSite } from '../container/mounts.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { closedSite } from '../site/site-settings.ts';
import type { ClaimTarget } from '../volumes/claim-targets.ts';

const noClaims: ClaimMap<ClaimTarget> = new Map();

/** What pods may have on a usual engine, while the administrator has said nothing. */
export function policyWith(
  site: Partial<SitePolicy['site']> = {},
  engine: Partial<SitePolicy['engine']> = {},
): SitePolicy {
  return {
    exportsPodData: true,
    hostPaths: { allowed: [], forbidden: [] },
    claims: noClaims,
    site: { ...closedSite, ...site },
    engine: {
      ...{ memoryBytes: 16 * 2 ** 30, apparmor: false, selinux: false, seccomp: true, isUnconfined: false },
      ...{ rootless: false, runtimes: ['runc'], hasNvidiaRuntime: false, isPodman: false, ...engine },
    },
  };
}

/** A site that allows nothing of its own. */
export const strictPolicy = policyWith();

/** Such a site with its volumes below `root`, at an engine of today. */
export function mountSite(root: string, more: Partial<MountSite> = {}): MountSite {
  const { hostPaths, claims } = strictPolicy;
  return { root, hostPaths, claims, hasSafeSubPaths: true, ...more };
}
