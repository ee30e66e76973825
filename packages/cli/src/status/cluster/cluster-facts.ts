import { isForbidden, isNotFound, type KubeClient, leases, type Node, nodes, type Pod, pods } from '@interlink/kube';

/** What was read of a cluster. */
export interface ClusterFacts {
  /** The virtual ones. */
  readonly nodes: ReadonlyArray<Node>;
  /** Those on these nodes. */
  readonly pods: ReadonlyArray<Pod>;
  /** Pending pods of the cluster without a node; undefined: this account may not list them. */
  readonly unscheduled: ReadonlyArray<Pod> | undefined;
  /** Node to the last renewal of its lease, RFC 3339. */
  readonly heardAt: ReadonlyMap<string, string>;
}

export interface NodeChoice {
  /** The only one to look at; undefined: all virtual nodes. */
  readonly nodename: string | undefined;
  /** Those of the configuration: an account that may list no nodes can still read its own. */
  configured(): Promise<ReadonlyArray<string>>;
}

export type Reader = Pick<KubeClient, 'get' | 'list'>;

/** The label that every virtual node has. */
export const nodeSelector = { labelSelector: 'virtual-node.interlink/type=virtual-kubelet' };
export const unscheduledSelector = { fieldSelector: 'spec.nodeName=,status.phase=Pending' };
export const podSelector = (node: string) => ({ fieldSelector: `spec.nodeName=${node}` });
/** What the API server has at hand will do: it is milliseconds old. */
const cached = { resourceVersion: '0' };

/** One look. @throws KubeStatusError, KubeTransportError when nodes or their pods can't be read */
export async function readCluster(client: Reader, choice: NodeChoice, signal: AbortSignal): Promise<ClusterFacts> {
  const found = await readNodes(client, choice, signal);
  const names = found.map(({ metadata }) => metadata?.name ?? '');
  const [lists, unscheduled, heardAt] = await Promise.all([
    Promise.all(names.map(async (name) => await client.list(pods, {}, { ...podSelector(name), ...cached, signal }))),
    unlessForbidden(client.list(pods, {}, { ...unscheduledSelector, ...cached, signal })),
    readLeases(client, names, signal),
  ]);
  return { nodes: found, pods: lists.flatMap(({ items }) => items), unscheduled: unscheduled?.items, heardAt };
}

/** Node to the last renewal of its lease; those that can't be read are left out. */
export async function readLeases(
  client: Reader,
  names: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    names.map(async (name): Promise<Array<[string, string]>> => {
      const path = { namespace: 'kube-node-lease', name };
      const lease = await client.get(leases, path, { signal }).catch(() => undefined);
      const renewTime = lease?.spec?.renewTime;
      return renewTime === undefined ? [] : [[name, renewTime]];
    }),
  );
  return new Map(found.flat());
}

async function readNodes(client: Reader, { nodename, configured }: NodeChoice, signal: AbortSignal): Promise<Node[]> {
  const listed = await unlessForbidden(client.list(nodes, {}, { ...nodeSelector, signal }));
  if (listed !== undefined) return listed.items.filter(({ metadata }) => isChosen(metadata?.name, nodename));
  const names = (await configured()).filter((name) => isChosen(name, nodename));
  const found = await Promise.all(
    names.map(async (name) => {
      return await client.get(nodes, { name }, { signal }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    }),
  );
  return found.filter((node) => node !== undefined);
}

export function isChosen(name: string | undefined, nodename: string | undefined): boolean {
  return nodename === undefined || name === nodename;
}

async function unlessForbidden<T>(promise: Promise<T>): Promise<T | undefined> {
  return await promise.catch((error: unknown) => {
    if (isForbidden(error)) return undefined;
    throw error;
  });
}
