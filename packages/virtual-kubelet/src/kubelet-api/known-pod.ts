import type { Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';

/** A pod of this node, and what its backend last reported of it. */
export interface KnownPod {
  pod: Pod;
  report: PodReport | undefined;
}

/** The pods of this node, from memory. */
export interface PodLookup {
  find(namespace: string, name: string): KnownPod | undefined;
  all(): Iterable<Pod>;
}
