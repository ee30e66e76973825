import { InterLinkError } from '@interlink/protocol';
import { isMap, type NodeSettings, nodeKeys, parseNodeKeys, unknownKey } from './provider-file.ts';

/** One node of the process. */
export interface PlannedNode {
  readonly name: string;
  /** The pool of the sidecar's capabilities that the node stands for; undefined: the one of the node's name, else the first. */
  readonly pool: string | undefined;
  /** Where the Kubernetes API reaches the kubelet port; the node's InternalIP. */
  readonly address: string;
  /** 0 for any free port. */
  readonly kubeletPort: number;
  readonly settings: NodeSettings;
}

/** What an element of `VirtualNodes` leaves out. */
export interface NodeDefaults {
  readonly address: string;
  /** Of the first node; the second has the next one, and so on. 0: any free port for each. */
  readonly kubeletPort: number;
}

const keys = ['Name', 'Pool', 'Address', 'KubeletPort', ...nodeKeys];
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const nodeName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Reads `VirtualNodes` of the InterLink file: a list of maps with `Name`, `Pool`, `Address`, `KubeletPort`, and what the provider file
 * says of a node (`Resources`, `NodeLabels`, `NodeTaints`).
 * @throws InterLinkError `invalid_argument` with every problem at once
 */
export function parseVirtualNodes(list: ReadonlyArray<unknown>, defaults: NodeDefaults): PlannedNode[] {
  const problems: string[] = list.length === 0 ? ['VirtualNodes is empty: at least one node is wanted'] : [];
  const nodes = list.flatMap((element, index) => {
    const place = `VirtualNodes[${index}]`;
    if (isMap(element)) return [parseNode(element, { place, index, defaults, problems })];
    problems.push(`${place} is ${JSON.stringify(element)}: a map is wanted`);
    return [];
  });
  for (const [index, { name, kubeletPort }] of nodes.entries()) {
    const before = nodes.slice(0, index);
    if (before.some((other) => other.name === name)) problems.push(`VirtualNodes has two nodes named ${name}`);
    const rival = before.find((other) => kubeletPort !== 0 && other.kubeletPort === kubeletPort);
    if (rival !== undefined) problems.push(`${rival.name} and ${name} have the same KubeletPort ${kubeletPort}`);
  }
  if (problems.length > 0)
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  return nodes;
}

interface Place {
  readonly place: string;
  readonly index: number;
  readonly defaults: NodeDefaults;
  readonly problems: string[];
}

function parseNode(element: Record<string, unknown>, at: Place): PlannedNode {
  const { place, index, defaults, problems } = at;
  for (const key of Object.keys(element))
    if (!keys.includes(key)) problems.push(unknownKey(`${place}.${key}`, key, keys));
  const name = textOf('Name', element, at) ?? '';
  if (!nodeName.test(name)) problems.push(`${place}.Name is ${JSON.stringify(name)}: the name of a node is wanted`);
  const byDefault = defaults.kubeletPort === 0 ? 0 : defaults.kubeletPort + index;
  const port = element.KubeletPort ?? byDefault;
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 0 && port < 65_536;
  if (!isPort) problems.push(`${place}.KubeletPort is ${JSON.stringify(port)}: a port number is wanted`);
  return {
    name,
    pool: textOf('Pool', element, at),
    address: textOf('Address', element, at) ?? defaults.address,
    kubeletPort: isPort ? port : 0,
    settings: parseNodeKeys(element, `${place}.`, problems),
  };
}

function textOf(key: string, element: Record<string, unknown>, { place, problems }: Place): string | undefined {
  const value = element[key];
  if (value == null) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  problems.push(`${place}.${key} is ${JSON.stringify(value)}: a text is wanted`);
  return undefined;
}
