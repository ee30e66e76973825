import type { SitePolicy } from '../site/site-policy.ts';
import { closedSite } from '../site/site-settings.ts';

/** What pods may have on a usual engine, while the administrator has said nothing. */
export function policyWith(
  site: Partial<SitePolicy['site']> = {},
  engine: Partial<SitePolicy['engine']> = {},
): SitePolicy {
  return {
    exportsPodData: true,
    site: { ...closedSite, ...site },
    engine: {
      ...{ memoryBytes: 16 * 2 ** 30, apparmor: false, selinux: false, seccomp: true, rootless: false },
      ...{ runtimes: ['runc'], ...engine },
    },
  };
}
