import { InterLinkError } from '@interlink/protocol';
import { ownAddress } from './own-address.ts';
import { loadProviderFile, type NodeSettings } from './provider-file.ts';
import { type PlannedNode, parseVirtualNodes } from './virtual-nodes.ts';

export interface PlanOptions {
  readonly flags: {
    readonly nodename?: string | undefined;
    readonly providerConfig?: string | undefined;
    readonly port?: number | undefined;
  };
  readonly env: NodeJS.ProcessEnv;
  /** `VirtualNodes` of the InterLink file, unread. */
  readonly virtualNodes: ReadonlyArray<unknown> | undefined;
}

const defaults = { nodeName: 'virtual-kubelet', port: 10250 };

/**
 * The nodes of this process: those of `VirtualNodes`, or of them the one that a flag or the environment names; without such a list, that
 * one alone. What the list says of a node goes before what the provider file says.
 * @throws InterLinkError `invalid_argument`
 */
export async function planNodes({ flags, env, virtualNodes }: PlanOptions): Promise<PlannedNode[]> {
  const named = flags.nodename ?? env.NODENAME ?? env.DEFAULT_NODE_NAME;
  const file = flags.providerConfig ?? env.VK_CONFIG_PATH ?? env.CONFIGPATH;
  const ours = { address: ownAddress(env), kubeletPort: flags.port ?? portOf(env.KUBELET_PORT) };
  if (virtualNodes === undefined) {
    const name = named ?? defaults.nodeName;
    return [{ ...ours, name, pool: undefined, settings: await loadProviderFile(file, name) }];
  }
  const all = parseVirtualNodes(virtualNodes, ours);
  const chosen = named === undefined ? all : all.filter(({ name }) => name === named);
  if (chosen.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new InterLinkError('invalid_argument', `The node ${JSON.stringify(named)} is none of VirtualNodes: ${names}`);
  }
  return await Promise.all(
    chosen.map(async (node) => {
      return { ...node, settings: mergeSettings(await loadProviderFile(file, node.name), node.settings) };
    }),
  );
}

function mergeSettings(general: NodeSettings, own: NodeSettings): NodeSettings {
  return {
    ...general,
    capacity: { ...general.capacity, ...own.capacity },
    labels: { ...general.labels, ...own.labels },
    taints: [...general.taints, ...own.taints],
  };
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return defaults.port;
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new InterLinkError('invalid_argument', `$KUBELET_PORT is ${JSON.stringify(text)}: a port number is wanted`);
}
