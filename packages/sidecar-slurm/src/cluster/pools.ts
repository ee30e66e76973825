import type { Capabilities } from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';
import type { SlurmNode } from '../slurm/cluster.ts';
import type { ClusterState } from './cluster-view.ts';
import { isGpu } from './partition-limits.ts';

type Pool = Capabilities['pools'][number];

const bytesPerMiB = 1_048_576;
/** Cards whose names say that they are AMD's; all others are taken for NVIDIA's, as nearly all are. */
const amdTypes = /^(mi\d|gfx|amd|instinct)/i;

/**
 * What each virtual node that stands for partitions has, by the node's name, and what each partition has: in all, since a queue takes more
 * than is free now. A virtual node that names no pool takes the one of its name, else the first: Slurm's default partition.
 * @param diskBytes what containers can write into, which nothing keeps them from: Kubernetes brings no pod that asks for a part of it to a
 * node that announces none
 * @param announced the administrator's own capacity, instead
 */
export function toPools(
  { settings, nodes, partitions }: ClusterState,
  site: Pick<SlurmSite, 'partitions'>,
  diskBytes: bigint,
  announced?: Readonly<Record<string, string>>,
): Pool[] {
  const pods = String(settings.maxJobCount);
  const make = (name: string, of: ReadonlyArray<string>): Pool => {
    const own = nodes.filter((node) => node.partitions.some((partition) => of.includes(partition)) && !isAway(node));
    return {
      name,
      capacity: { pods, 'ephemeral-storage': String(diskBytes), ...(announced ?? toCapacity(own)) },
      labels: toLabels(of, own),
    };
  };
  const names = partitions
    .toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))
    .map(({ name }) => name);
  const ofNodes = [...site.partitions].filter(([node]) => !names.includes(node));
  return [...names.map((name) => make(name, [name])), ...ofNodes.map(([node, of]) => make(node, of))];
}

function toCapacity(nodes: ReadonlyArray<SlurmNode>): Record<string, string> {
  const sum = (of: (node: SlurmNode) => number) => nodes.reduce((total, node) => total + of(node), 0);
  const gpus = nodes.flatMap(({ gres }) => gres.filter(isGpu));
  const amd = gpus.filter(({ type = '' }) => amdTypes.test(type)).reduce((total, { count }) => total + count, 0);
  const nvidia = gpus.reduce((total, { count }) => total + count, 0) - amd;
  return {
    cpu: String(sum(({ cpus }) => cpus)),
    memory: String(sum(({ memoryMiB }) => memoryMiB) * bytesPerMiB),
    ...(nvidia === 0 ? {} : { 'nvidia.com/gpu': String(nvidia) }),
    ...(amd === 0 ? {} : { 'amd.com/gpu': String(amd) }),
  };
}

function toLabels(partitions: ReadonlyArray<string>, nodes: ReadonlyArray<SlurmNode>): Record<string, string> {
  const features = [...new Set(nodes.flatMap((node) => node.features))].filter(isLabelPart).toSorted();
  const [first, ...others] = partitions;
  return {
    ...(first === undefined || others.length > 0 || !isLabelPart(first)
      ? {}
      : { 'slurm.interlink.eu/partition': first }),
    ...Object.fromEntries(features.map((feature) => [`feature.slurm.interlink.eu/${feature}`, 'true'])),
  };
}

/** No job begins there until somebody does something. */
function isAway({ state, flags }: SlurmNode): boolean {
  return state === 'down' || flags.includes('drain');
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function isLabelPart(text: string): boolean {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text);
}
