import { conflict } from '../api-error.ts';
import type { Kind } from '../kinds/kind.ts';
import { namespaces } from '../kinds/kinds.ts';
import { asJson, type Json, type KubeObject, timestamp } from '../object.ts';
import type { Store } from '../store/store.ts';

/**
 * Deletes an object, or marks it: a pod waits for its kubelet as long as its grace period says, anything with finalizers for those, and a
 * namespace for its controller. @returns the object as it is then, and whether it is gone
 * @throws ApiError 409 when it is not the object that the preconditions mean
 */
export function deleteObject(
  store: Store,
  kind: Kind,
  object: KubeObject,
  options: Json = {},
): { object: KubeObject; isGone: boolean } {
  const { metadata } = object;
  const { uid = metadata.uid, resourceVersion = metadata.resourceVersion } = asJson(options.preconditions);
  if (uid !== metadata.uid || resourceVersion !== metadata.resourceVersion) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
    throw conflict(kind, metadata.name, why);
  }
  const graceSeconds = graceOf(kind, object, options);
  const mustWait = graceSeconds > 0 || (metadata.finalizers ?? []).length > 0 || kind === namespaces;
  if (options.dryRun !== undefined) return { object, isGone: !mustWait };
  if (!mustWait) return { object: store.remove(kind, object), isGone: true };
  const before = metadata.deletionGracePeriodSeconds;
  if (metadata.deletionTimestamp !== undefined && (before ?? 0) <= graceSeconds) return { object, isGone: false };
  const marked = {
    ...{ ...metadata, ...(kind.hasGeneration === true ? { generation: (metadata.generation ?? 1) + 1 } : {}) },
    deletionTimestamp: timestamp(Date.now() + graceSeconds * 1_000),
    deletionGracePeriodSeconds: graceSeconds,
  };
  const terminating = kind === namespaces ? { status: { phase: 'Terminating' } } : {};
  return { object: store.put(kind, { ...object, ...terminating, metadata: marked }), isGone: false };
}

/** k8s.io/kubernetes/pkg/registry/core/pod/strategy.go, `CheckGracefulDelete`. */
function graceOf(kind: Kind, { spec, status }: KubeObject, { gracePeriodSeconds }: Json): number {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (kind.isGraceful !== true || isOver || !spec?.nodeName) return 0;
  return Number(gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30);
}
