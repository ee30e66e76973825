import { parseName } from './names.ts';

/** Whose pods: one virtual node of one cluster. Every v2 path begins with it; authorisation and routing read nothing else. */
export interface Owner {
  /** The UID of the namespace kube-system, or the configured `ClusterID`. */
  readonly cluster: string;
  /** The virtual node's name. */
  readonly node: string;
}

/** The prefix of an owner's resources: `/v2/clusters/{cluster}/nodes/{node}`. */
export function ownerPath(owner: Owner): string {
  return `/v2/clusters/${encodeURIComponent(owner.cluster)}/nodes/${encodeURIComponent(owner.node)}`;
}

/** One string per owner, for maps and labels: `{cluster}/{node}`. Neither part can hold a slash. */
export function ownerKey(owner: Owner): string {
  return `${owner.cluster}/${owner.node}`;
}

/** Reads the owner from a path's two parameters. @throws InterLinkError `invalid_argument` */
export function parseOwner(params: { readonly cluster?: unknown; readonly node?: unknown }): Owner {
  return { cluster: parseName('a cluster name', params.cluster), node: parseName('a node name', params.node) };
}

/** The inverse of {@link ownerKey}. @throws InterLinkError `invalid_argument` */
export function parseOwnerKey(key: string): Owner {
  const [cluster, node, ...rest] = key.split('/');
  return parseOwner({ cluster, node: rest.length === 0 ? node : key });
}
