import type { PodReference } from '../backend.ts';

/** What every log line about a pod carries: `logger.info(podFields(pod), …)`, or a logger of the pod's own by `logger.child`. */
export function podFields({ owner, uid, namespace, name }: PodReference): {
  pod: string;
  podUid: string;
  node: string;
} {
  return { pod: `${namespace}/${name}`, podUid: uid, node: owner.node };
}
