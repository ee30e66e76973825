import type { Pod } from '@interlink/kube';
import { type InterLinkError, jobAnnotation } from '@interlink/protocol';
import type { PodEntry } from './pod-entry.ts';

/** InterLink's word for a create that a v1 plugin may have acted on. */
const createUnclear = 'CreateUnclear';

/** Whether a create that failed so may have had an effect: it is said to, or there was no answer. */
export function isUnclear({ code, reason, cause }: InterLinkError): boolean {
  const isUnanswered = cause !== undefined && (code === 'unavailable' || code === 'deadline_exceeded');
  return reason === createUnclear || isUnanswered;
}

/**
 * Whether the pod may have been sent to a backend that has never told of it, as far as this process or the Kubernetes API knows: a v1 plugin
 * can have it in its queue, unseen, and begin it later.
 */
export function mayHaveBeenSent({ pod, isCreateUnclear }: Pick<PodEntry, 'pod' | 'isCreateUnclear'>): boolean {
  if (pod === undefined) return false;
  return isCreateUnclear || pod.metadata?.annotations?.[jobAnnotation] !== undefined || isShownUnclear(pod);
}

/** A process before this one has left the reason on the containers. */
function isShownUnclear({ status }: Pod): boolean {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return statuses.some(({ state }) => state?.waiting?.reason === createUnclear);
}
