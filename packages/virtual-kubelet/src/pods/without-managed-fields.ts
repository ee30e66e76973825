import type { Pod } from '@interlink/kube';

/** Who wrote which field: half of what a pod takes in memory, and nothing that a kubelet looks at. */
export function withoutManagedFields(pod: Pod): Pod {
  const { managedFields: _managedFields, ...metadata } = pod.metadata ?? {};
  return { ...pod, metadata };
}
