import type { Node, NodeCondition, Taint } from '@interlink/kube';
import { mayLabelItself } from './node-restriction.ts';

/** What a virtual node is made of. */
export interface NodeDescription {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: ReadonlyArray<Taint>;
  /** Those that its backend tells of, beside them; undefined: it does not speak of taints. */
  readonly poolTaints?: ReadonlyArray<Taint> | undefined;
  /** Kubernetes quantities: cpu, memory, pods, ephemeral-storage, extended resources. */
  readonly capacity: Readonly<Record<string, string>>;
  /** It is made by an account that NodeRestriction keeps from some labels: those are left out. */
  readonly isRestricted?: boolean;
  readonly internalIP: string;
  readonly kubeletPort: number;
  readonly operatingSystem: string;
  /** `docker://20.10.24`: what runs the pods, and its version. */
  readonly containerRuntimeVersion: string;
}

/** The release of Kubernetes whose kubelet this one behaves like, with our own version as its suffix. Must parse as a version. */
export const kubeletVersion = 'v1.34.0-interlink-0.1.0';

/** Go's names of architectures, as nodes show them. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Labels of every virtual node, so that selectors written for nodes find it and those for real ones can leave it out. */
export function standardLabels(name: string, operatingSystem: string): Record<string, string> {
  return {
    type: 'virtual-kubelet',
    'kubernetes.io/role': 'agent',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': operatingSystem.toLowerCase(),
    'kubernetes.io/arch': architectureOf(process.arch),
    'node.kubernetes.io/exclude-from-external-load-balancers': 'true',
    'virtual-node.interlink/type': 'virtual-kubelet',
  };
}

/**
 * The Node object. Labels and status are kept in line afterwards; taints of the configuration take effect at creation only, as with a kubelet.
 * @see https://kubernetes.io/docs/reference/node/node-status/
 */
export function nodeObject(description: NodeDescription, conditions: NodeCondition[]): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: description.name,
      labels: labelsOf(description),
    },
    spec: { taints: description.taints.map((taint) => ({ ...taint })) },
    status: {
      capacity: { ...description.capacity },
      allocatable: { ...description.capacity },
      conditions,
      addresses: [{ type: 'InternalIP', address: description.internalIP }],
      daemonEndpoints: { kubeletEndpoint: { Port: description.kubeletPort } },
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '',
        osImage: 'InterLink virtual node',
        containerRuntimeVersion: description.containerRuntimeVersion,
        kubeletVersion,
        kubeProxyVersion: '',
        operatingSystem: description.operatingSystem.toLowerCase(),
        architecture: architectureOf(process.arch),
      },
    },
  };
}

function labelsOf({ name, operatingSystem, labels, isRestricted = false }: NodeDescription): Record<string, string> {
  const wanted = Object.entries({ ...standardLabels(name, operatingSystem), ...labels });
  return Object.fromEntries(wanted.filter(([key]) => !isRestricted || mayLabelItself(key)));
}

function architectureOf(nodeArchitecture: string): string {
  return architectures[nodeArchitecture] ?? nodeArchitecture;
}
