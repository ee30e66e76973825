import type { ObjectMeta } from '@interlink/kube';

/** `kubectl apply` keeps a whole copy of the manifest there. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What a backend is told of a pod's metadata: who it is and what its author wrote, not how the API server keeps it. */
export function requestMetadata(metadata: ObjectMeta) {
  const { name, namespace, uid, labels, annotations, generation, creationTimestamp } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => key !== LAST_APPLIED);
  return {
    name,
    namespace,
    uid,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations: Object.fromEntries(kept) }),
    ...(generation === undefined ? {} : { generation }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  };
}
