import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseTarget } from '@interlink/protocol';
import { type InterLinkConfig, interLinkKeys, interLinkUrl } from '@interlink/service-kit';
import { type Side, sides } from './check.ts';

export interface SideFacts {
  readonly env: NodeJS.ProcessEnv;
  readonly side?: Side | undefined;
  readonly kubeconfig?: string | undefined;
  /** Undefined: it does not load. */
  readonly config: InterLinkConfig | undefined;
}

/**
 * Which sides there are here. Cluster: a kubeconfig was given or is found, or this is a pod. Site: InterLink has an address of this machine; a
 * socket may also be the end of a tunnel to it, unless a sidecar's address is set as well.
 * With neither it is a site, since nothing can be looked at in a cluster.
 */
export function chooseSides({ env, side, kubeconfig, config }: SideFacts): ReadonlySet<Side> {
  if (side !== undefined) return new Set([side]);
  const hasCluster =
    kubeconfig !== undefined ||
    (env.KUBECONFIG ?? '') !== '' ||
    (env.KUBERNETES_SERVICE_HOST ?? '') !== '' ||
    existsSync(join(env.HOME ?? homedir(), '.kube', 'config'));
  const isSite = config === undefined || config.InterlinkAddress !== undefined || isInterLinkHere(config);
  const found: Record<Side, boolean> = { cluster: hasCluster, site: isSite || !hasCluster };
  return new Set(sides.filter((each) => found[each]));
}

function isInterLinkHere(config: InterLinkConfig): boolean {
  const url = interLinkUrl(config);
  if (parseTarget(url).socketPath === undefined) return isHere(url);
  const { Sidecars: table, SidecarURL: sidecar } = config;
  return table !== undefined || sidecar !== interLinkKeys.SidecarURL.default;
}

/** Whether an address can only be one of this machine. */
export function isHere(url: string): boolean {
  const { origin, socketPath } = parseTarget(url);
  return socketPath !== undefined || /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(new URL(origin).hostname);
}
