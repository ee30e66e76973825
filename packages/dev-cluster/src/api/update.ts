import { isDeepStrictEqual } from 'node:util';
import { conflict, invalid } from '../api-error.ts';
import type { Kind } from '../kinds/kind.ts';
import { asJson, isJson, type Json, type KubeObject, type Metadata } from '../object.ts';
import type { Store } from '../store/store.ts';

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

/**
 * Makes `current` what a client wants it to be, as far as that client may: status and the rest are written apart, identity stays, nothing
 * is written when nothing changes, and what was only waiting for its last finalizer goes.
 * @throws ApiError 409 for a version that is not the newest, 422 for another UID and for what is not allowed
 */
export function updateObject(
  store: Store,
  kind: Kind,
  current: KubeObject,
  wanted: Json,
  { subresource, isDryRun }: { subresource: string; isDryRun: boolean },
): KubeObject {
  const { name, uid, resourceVersion } = current.metadata;
  const sent = asJson(wanted.metadata);
  if ((sent.uid ?? uid) !== uid) {
    const message = `Invalid value: "${sent.uid}": field is immutable`;
    throw invalid(kind, name, [{ field: 'metadata.uid', message }]);
  }
  if ((sent.resourceVersion || resourceVersion) !== resourceVersion) throw conflict(kind, name, modified);
  const next =
    subresource === 'status' ? withStatus(kind, current, wanted, sent) : withRest(kind, current, wanted, sent);
  const problems = kind.check?.(next, current) ?? [];
  if (problems.length > 0) throw invalid(kind, name, problems);
  if (isDeepStrictEqual(next, current) || isDryRun) return next;
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = next.metadata;
  const isOver = deletionTimestamp !== undefined && finalizers.length === 0 && !deletionGracePeriodSeconds;
  return isOver && kind.plural !== 'namespaces' ? store.remove(kind, next) : store.put(kind, next);
}

function withStatus(kind: Kind, current: KubeObject, { status }: Json, { labels, annotations }: Json): KubeObject {
  const { metadata } = current;
  const taken =
    kind.statusTakesMetadata === true ? withMetadata(metadata, { ...metadata, labels, annotations }) : metadata;
  return { ...current, metadata: taken, ...(isJson(status) ? { status } : {}) };
}

function withRest(kind: Kind, current: KubeObject, wanted: Json, sent: Json): KubeObject {
  const { kind: kindName, apiVersion, metadata, status } = current;
  const next = { ...wanted, kind: kindName, apiVersion, metadata: withMetadata(metadata, sent) };
  const complete: KubeObject = kind.complete?.(next, current) ?? next;
  if (kind.hasStatus === true && status === undefined) delete complete.status;
  else if (kind.hasStatus === true && status !== undefined) complete.status = status;
  if (kind.hasGeneration !== true || isDeepStrictEqual(complete.spec, current.spec)) return complete;
  return { ...complete, metadata: { ...complete.metadata, generation: (metadata.generation ?? 1) + 1 } };
}

/** What a client may change of an object's metadata. */
function withMetadata(current: Metadata, { labels, annotations, finalizers, ownerReferences }: Json): Metadata {
  const changed = { labels, annotations, finalizers, ownerReferences };
  return Object.fromEntries(
    Object.entries({ ...current, ...changed }).filter(([, value]) => value !== undefined),
  ) as unknown as Metadata;
}
