import type { Node, Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';

/** A virtual node that is well, but for what is said. */
export function virtualNode(name: string, status: Node['status'] = {}): Node {
  return {
    metadata: { name },
    spec: { taints: [{ key: 'virtual-node.interlink/no-schedule', value: 'true', effect: 'NoSchedule' }] },
    status: {
      capacity: { cpu: '4', pods: '10' },
      nodeInfo: { containerRuntimeVersion: 'slurm://24.11' } as NonNullable<Node['status']>['nodeInfo'] & object,
      conditions: [
        { type: 'InterLinkConnectivity', status: 'True', message: 'the backend is within reach' },
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      ...status,
    },
  };
}

/** A pod in this phase. */
export function podIn(phase: string, name: string, rest: Pod = {}): Pod {
  return {
    metadata: { namespace: 'default', name, creationTimestamp: '2027-01-01T00:00:00Z', ...rest.metadata },
    spec: { containers: [], ...rest.spec },
    status: { phase, ...rest.status },
  };
}

/** What a backend tells of a pod. */
export function reportOf(name: string, status: Partial<PodReport['status']>): PodReport {
  const uid = `11111111-1111-4111-8111-${name.padStart(12, '0')}`;
  return { uid, namespace: 'default', name, status: { containerStatuses: [], ...status } };
}
