import { type EventRecorder, objectReference, type Pod } from '@interlink/kube';
import type { ResolveNotice } from '../resolve/resolve-error.ts';
import { containerFieldPath } from './container-field-path.ts';

/** Tells users of it by an event on the pod, or on the container of it that the notice names. */
export function recordNotice(
  events: Pick<EventRecorder, 'record'>,
  pod: Pod,
  { type, reason, message, container }: ResolveNotice,
): void {
  const fieldPath = container === undefined ? undefined : containerFieldPath(pod, container);
  events.record(objectReference(pod, fieldPath), type, reason, message);
}
