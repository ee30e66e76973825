import { parseQuantity } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import type { InterLinkConfig } from '@interlink/service-kit';
import type { DaemonSetPolicy } from '../admission/daemon-set-pod.ts';
import type { CapabilityLimits } from '../trust/check-capabilities.ts';

/** What the administrator has decided for a node: the groups `Policy` and `Limits` of the InterLink file. */
export interface NodePolicy {
  readonly daemonSetPods: DaemonSetPolicy;
  /** What a backend may say of its node. */
  readonly limits: CapabilityLimits;
  /** The node is NotReady when the backend is out of reach for longer; undefined: never. */
  readonly notReadyAfterMs: number | undefined;
}

/** Of a node about which nobody has decided anything. */
export const defaultNodePolicy: NodePolicy = {
  daemonSetPods: 'pending',
  limits: { capacity: {}, labelDomains: [] },
  notReadyAfterMs: undefined,
};

/** @throws InterLinkError `invalid_argument` that lists every problem at once */
export function nodePolicy(
  config: Pick<
    InterLinkConfig,
    'Policy.DaemonSetPods' | 'Policy.NodeLabelDomains' | 'Policy.NotReadyAfter' | 'Limits.Capacity'
  >,
): NodePolicy {
  const problems: string[] = [];
  const capacity = parseCapacity(config['Limits.Capacity'], problems);
  const labelDomains = listOf(config['Policy.NodeLabelDomains']);
  for (const domain of labelDomains) {
    if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(domain))
      problems.push(`Policy.NodeLabelDomains holds ${JSON.stringify(domain)}: a domain such as nvidia.com is wanted`);
  }
  if (problems.length > 0)
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  const seconds = config['Policy.NotReadyAfter'];
  return {
    daemonSetPods: config['Policy.DaemonSetPods'],
    limits: { capacity, labelDomains },
    notReadyAfterMs: seconds === undefined ? undefined : seconds * 1_000,
  };
}

/** `cpu=64,memory=256Gi`, as the kubelet's own flags write it. */
function parseCapacity(text: string | undefined, problems: string[]): Record<string, string> {
  const capacity: Record<string, string> = {};
  for (const part of listOf(text)) {
    const [name = '', quantity = '', ...rest] = part.split('=');
    if (name === '' || rest.length > 0 || !isQuantity(quantity))
      problems.push(`Limits.Capacity holds ${JSON.stringify(part)}: name=quantity is wanted, such as memory=256Gi`);
    else capacity[name] = quantity;
  }
  return capacity;
}

function isQuantity(text: string): boolean {
  try {
    return parseQuantity(text) >= 0;
  } catch {
    return false;
  }
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
