import type { Switch } from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';

export const privileged: Switch<SitePolicy> = {
  needs: 'Docker.AllowPrivileged',
  isAllowed: ({ site }) => site.allowsPrivileged,
};

export const hostNamespaces: Switch<SitePolicy> = {
  needs: 'Docker.AllowHostNamespaces',
  isAllowed: ({ site }) => site.allowsHostNamespaces,
};
