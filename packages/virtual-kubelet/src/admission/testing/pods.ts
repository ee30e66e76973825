import type { Container, Pod } from '@interlink/kube';
import type { Capabilities } from '@interlink/protocol';
import { apiPod } from '../../status/testing/statuses.ts';

type Spec = Partial<NonNullable<Pod['spec']>>;

/** A container that asks for this much. */
export function asking(name: string, requests: Record<string, string>, more: Partial<Container> = {}): Container {
  return { name, image: 'busybox', resources: { requests }, ...more };
}

/** Pod `ns/p` that has not begun. */
export function newPod(spec: Spec = {}, metadata: Partial<NonNullable<Pod['metadata']>> = {}): Pod {
  return apiPod({ phase: 'Pending' }, spec, metadata);
}

/** A pod as the DaemonSet controller makes it, for kube-proxy and its like: it tolerates everything. */
export function daemonSetPod(spec: Spec = {}, metadata: Partial<NonNullable<Pod['metadata']>> = {}): Pod {
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy', uid: 'd', controller: true };
  const automatic = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' };
  return newPod(
    { tolerations: [{ operator: 'Exists' }, automatic], ...spec },
    { namespace: 'kube-system', ownerReferences: [owner], ...metadata },
  );
}

/** What a backend without volumes of the node's own can do. */
export function capabilities(more: Partial<Capabilities> = {}): Capabilities {
  return {
    protocolVersions: ['v2'],
    backend: { kind: 'docker', version: '29' },
    verbs: ['create', 'delete', 'list'],
    volumeTypes: ['configMap', 'secret', 'emptyDir'],
    queues: false,
    pools: [],
    ...more,
  };
}
