import { type Owner, ownerKey, parseOwnerKey } from '@interlink/protocol';
import type { InterLinkConfig } from '@interlink/service-kit';

export interface OwnerFacts {
  /** As `--owner` has them. */
  readonly asked: ReadonlyArray<Owner>;
  readonly config: Pick<InterLinkConfig, 'ClusterID' | 'VirtualNodes' | 'Sidecars' | 'Policy.Grants'>;
  /** Those of the cluster, where there is a way to it. */
  readonly ofCluster: ReadonlyArray<Owner>;
}

/**
 * Whose pods are asked for. InterLink keeps no list of owners: they are those asked for, else those that the cluster has and that the
 * configuration names without a star.
 */
export function chooseOwners({ asked, config, ofCluster }: OwnerFacts): Owner[] {
  if (asked.length > 0) return distinct(asked);
  const { ClusterID: cluster, VirtualNodes: nodes = [] } = config;
  const ofNodes = cluster === undefined ? [] : nodes.flatMap(nameOf).map((node) => `${cluster}/${node}`);
  const granted = (config['Policy.Grants'] ?? []).flatMap(({ Owners = [] }) => Owners);
  const routed = (config.Sidecars ?? []).flatMap(({ Nodes = [] }) => Nodes);
  const named = [...ofNodes, ...granted, ...routed].filter((key) => key.includes('/') && !key.includes('*'));
  return distinct([...ofCluster, ...named.map(parseOwnerKey)]);
}

function distinct(owners: ReadonlyArray<Owner>): Owner[] {
  return [...new Map(owners.map((owner) => [ownerKey(owner), owner])).values()];
}

/** An element of `VirtualNodes` is checked by the virtual kubelet, not by whoever else reads the file. */
function nameOf(element: unknown): string[] {
  const { Name } = (typeof element === 'object' && element !== null ? element : {}) as { Name?: unknown };
  return typeof Name === 'string' ? [Name] : [];
}
