import type { Pod } from '@interlink/kube';
import { InterLinkError, jobAnnotation } from '@interlink/protocol';
import type { PodEntry } from './pod-entry.ts';

/** InterLink's word for a create that a v1 plugin may have acted on. */
const createUnclear = 'CreateUnclear';
/** InterLink's word for a pod of which a v1 plugin can't, or won't, tell whether it has it. */
const statusUnclear = 'status_unclear';

/** Whether a create that failed so may have had an effect: it is said to, or there was no answer. */
export function isUnclear({ code, reason, cause }: InterLinkError): boolean {
  const isUnanswered = cause !== undefined && (code === 'unavailable' || code === 'deadline_exceeded');
  return reason === createUnclear || isUnanswered;
}

/** Whether the backend was asked for the pod and failed for it alone, so that asking again may tell no more. */
export function isStatusUnclear(error: unknown): boolean {
  return error instanceof InterLinkError && error.reason === statusUnclear;
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
