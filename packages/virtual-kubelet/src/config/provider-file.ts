import { readFile } from 'node:fs/promises';
import { parseQuantity, type Taint } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { nearest, parseYaml } from '@interlink/service-kit';
import type { PodRange } from '../trust/pod-addresses.ts';
import { type InterLinkHttp, parseInterLinkHttp } from './interlink-http.ts';
import { type KubeletSettings, kubeletKeys, parseKubeletSettings } from './kubelet-settings.ts';
import { parseNamespaces } from './namespaces.ts';
import { parsePodRange } from './pod-range.ts';

/** What the provider file says of the node; what it leaves out comes from the sidecar's capabilities. */
export interface NodeSettings {
  readonly capacity: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: ReadonlyArray<Taint>;
  /** Where pods' addresses are. */
  readonly podRange?: PodRange | undefined;
  readonly kubelet: KubeletSettings;
  readonly interLink?: InterLinkHttp | undefined;
  /** The only namespaces whose pods are taken care of; undefined: all. */
  readonly namespaces?: readonly string[];
  /** What the file asks for and this release does not do. */
  readonly warnings: ReadonlyArray<string>;
}

const none: NodeSettings = { capacity: {}, labels: {}, taints: [], kubelet: {}, warnings: [] };
/** What describes a node in YAML, in the provider file and in `VirtualNodes`. */
export const nodeKeys: ReadonlyArray<string> = ['Resources', 'NodeLabels', 'NodeTaints'];
const yamlKeys = [...nodeKeys, 'PodCIDR', 'Namespaces', 'HTTP', ...kubeletKeys];
/** Keys of other releases' files: taken with a warning, so that the file need not be rewritten. */
const withoutEffect = [
  ...[
    'InterlinkURL',
    'InterlinkPort',
    'VerboseLogging',
    'ErrorsOnlyLogging',
    'VKTokenFile',
    'ServiceAccount',
    'Namespace',
  ],
  ...['KubernetesApiAddr', 'KubernetesApiPort', 'KubernetesApiCaCrt', 'DisableProjectedVolumes', 'PodIP'],
  ...['KubeletHTTP', 'SkipDownwardAPIResolution'],
  ...['Network', 'Pprof'],
];
const seedKeys = ['cpu', 'memory', 'pods'];

/**
 * Reads the file of `--provider-config`: the seed's JSON, a map from node name to `{cpu, memory, pods}`, or the YAML of newer
 * releases with `Resources{CPU,Memory,Pods,Accelerators}`, `NodeLabels`, `NodeTaints`, `PodCIDR`, `Namespaces`, `HTTP` and the keys of the kubelet port.
 * @throws InterLinkError `invalid_argument` with every problem at once
 */
export async function loadProviderFile(path: string | undefined, nodeName: string): Promise<NodeSettings> {
  if (path === undefined) return none;
  let root: unknown;
  try {
    root = parseYaml(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InterLinkError(
      'invalid_argument',
      `Cannot read the provider file ${path}: ${InterLinkError.from(error).message}`,
    );
  }
  const problems: string[] = [];
  const settings = parseSettings(root, { path, nodeName, problems });
  if (problems.length > 0)
    throw new InterLinkError('invalid_argument', `Invalid provider file ${path}: ${problems.join('; ')}`);
  return settings;
}

interface Place {
  readonly path: string;
  readonly nodeName: string;
  readonly problems: string[];
}

function parseSettings(root: unknown, place: Place): NodeSettings {
  if (!isMap(root)) {
    place.problems.push('a map is wanted');
    return none;
  }
  const isYamlForm = Object.keys(root).some((key) => yamlKeys.includes(key) || withoutEffect.includes(key));
  return isYamlForm ? parseYamlForm(root, place) : parseSeedForm(root, place);
}

function parseSeedForm(root: Record<string, unknown>, { nodeName, problems }: Place): NodeSettings {
  const node = root[nodeName];
  if (!isMap(node)) {
    problems.push(
      `it describes ${
        Object.keys(root)
          .map((name) => JSON.stringify(name))
          .join(', ') || 'no node'
      }; node ${JSON.stringify(nodeName)} is wanted`,
    );
    return none;
  }
  const capacity: Record<string, string> = {};
  for (const [key, value] of Object.entries(node)) {
    if (seedKeys.includes(key)) addQuantity(capacity, key, value, `${nodeName}.${key}`, problems);
    else problems.push(unknownKey(`${nodeName}.${key}`, key, seedKeys));
  }
  return { ...none, capacity };
}

function parseYamlForm(root: Record<string, unknown>, { path, problems }: Place): NodeSettings {
  const unknown = Object.keys(root).filter((key) => !yamlKeys.includes(key));
  const ignored = unknown.filter((key) => withoutEffect.includes(key));
  for (const key of unknown)
    if (!ignored.includes(key)) problems.push(unknownKey(key, key, [...yamlKeys, ...withoutEffect]));
  const podRange = parsePodRange(root.PodCIDR, problems);
  return {
    ...(podRange === undefined ? {} : { podRange }),
    ...parseNodeKeys(root, '', problems),
    kubelet: parseKubeletSettings(root, problems),
    ...(root.HTTP == null ? {} : { interLink: parseInterLinkHttp(root, problems) }),
    ...(root.Namespaces == null ? {} : { namespaces: parseNamespaces(root.Namespaces, problems) }),
    warnings: ignored.map((key) => `${key} in ${path} has no effect in this release`),
  };
}

/** Reads {@link nodeKeys}; `prefix` is what stands before them in messages: `VirtualNodes[0].`. */
export function parseNodeKeys(root: Record<string, unknown>, prefix: string, problems: string[]): NodeSettings {
  const capacity: Record<string, string> = {};
  const place = `${prefix}Resources`;
  const resources = isMap(root.Resources) ? root.Resources : {};
  if (root.Resources != null && !isMap(root.Resources)) {
    problems.push(`${place} is ${JSON.stringify(root.Resources)}: a map is wanted`);
  }
  const names: Record<string, string> = { CPU: 'cpu', Memory: 'memory', Pods: 'pods' };
  for (const [key, value] of Object.entries(resources)) {
    const name = names[key];
    if (name !== undefined) addQuantity(capacity, name, value, `${place}.${key}`, problems);
    else if (key === 'Accelerators') addAccelerators(capacity, value, `${place}.Accelerators`, problems);
    else problems.push(unknownKey(`${place}.${key}`, key, [...Object.keys(names), 'Accelerators']));
  }
  return {
    capacity,
    labels: parseLabels(root.NodeLabels, `${prefix}NodeLabels`, problems),
    taints: parseTaints(root.NodeTaints, `${prefix}NodeTaints`, problems),
    kubelet: {},
    warnings: [],
  };
}

function addAccelerators(capacity: Record<string, string>, value: unknown, place: string, problems: string[]): void {
  for (const [index, accelerator] of listOf(value, place, problems).entries()) {
    const type: unknown = isMap(accelerator) ? accelerator.ResourceType : undefined;
    const available: unknown = isMap(accelerator) ? accelerator.Available : undefined;
    if (typeof type !== 'string') problems.push(`${place}[${index}].ResourceType is missing`);
    else addQuantity(capacity, type, available, `${place}[${index}].Available`, problems);
  }
}

/** `NodeLabels` is a list of `key=value`. */
function parseLabels(value: unknown, place: string, problems: string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [index, text] of listOf(value, place, problems).entries()) {
    const match = typeof text === 'string' ? /^([^=\s]+)=([^=\s]*)$/.exec(text) : null;
    if (match?.[1] === undefined) problems.push(`${place}[${index}] is ${JSON.stringify(text)}: key=value is wanted`);
    else labels[match[1]] = match[2] ?? '';
  }
  return labels;
}

function parseTaints(value: unknown, place: string, problems: string[]): Taint[] {
  return listOf(value, place, problems).flatMap((taint: unknown, index) => {
    const { Key: key, Value: taintValue, Effect: effect } = isMap(taint) ? taint : {};
    if (
      typeof key === 'string' &&
      typeof effect === 'string' &&
      /^(NoSchedule|PreferNoSchedule|NoExecute)$/.test(effect)
    ) {
      return [{ key, effect, ...(typeof taintValue === 'string' ? { value: taintValue } : {}) }];
    }
    problems.push(`${place}[${index}] wants a Key and an Effect of NoSchedule, PreferNoSchedule or NoExecute`);
    return [];
  });
}

function addQuantity(
  capacity: Record<string, string>,
  name: string,
  value: unknown,
  place: string,
  problems: string[],
): void {
  const text = typeof value === 'number' ? String(value) : value;
  try {
    if (typeof text !== 'string' || parseQuantity(text) < 0) throw new Error();
    capacity[name] = text;
  } catch {
    problems.push(`${place} is ${JSON.stringify(value)}: a Kubernetes quantity is wanted, such as "8" or "16Gi"`);
  }
}

/** Absent is an empty list; anything else that is no list is a problem. */
function listOf(value: unknown, place: string, problems: string[]): unknown[] {
  if (Array.isArray(value)) return value;
  if (value != null) problems.push(`${place} is ${JSON.stringify(value)}: a list is wanted`);
  return [];
}

/** Says where a key is that nobody knows, and which one may be meant. */
export function unknownKey(place: string, key: string, known: ReadonlyArray<string>): string {
  const near = nearest(key, known);
  return `unknown key ${place}${near === undefined ? '' : `: did you mean ${near}?`}`;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
