import { isDeepStrictEqual } from 'node:util';
import { conflict, invalid } from '../api-error.ts';
import type { Kind } from '../kinds/kind.ts';
import { isJson, type Json, type KubeObject, type Metadata } from '../object.ts';
import type { Store } from '../store/store.ts';

export interface UpdateOptions {
  /** `status` or '' */
  readonly subresource: string;
  readonly isDryRun?: boolean;
}

/**
 * Makes `current` what a client wants it to be, as far as that client may: status and the rest are written apart, identity stays, nothing
 * is written when nothing changes, and what was only waiting for its last finalizer goes.
 * @throws ApiError 409 for a version or UID that is another's, 422 for what is not allowed
 */
export function updateObject(
  store: Store,
  kind: Kind,
  current: KubeObject,
  wanted: Json,
  options: UpdateOptions,
): KubeObject {
  const sent = isJson(wanted.metadata) ? wanted.metadata : {};
  assertSame(kind, current, sent);
  const next = merged(kind, current, { ...wanted, metadata: sent }, options.subresource);
  const problems = kind.check?.(next, current) ?? [];
  if (problems.length > 0) throw invalid(kind, current.metadata.name, problems);
  if (isDeepStrictEqual(next, current) || options.isDryRun === true) return next;
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = next.metadata;
  const isOver = deletionTimestamp !== undefined && finalizers.length === 0 && !deletionGracePeriodSeconds;
  return isOver && kind.plural !== 'namespaces' ? store.remove(kind, next) : store.put(kind, next);
}

function assertSame(kind: Kind, { metadata }: KubeObject, sent: Json): void {
  const { name, uid, resourceVersion } = metadata;
  if (sent.uid !== undefined && sent.uid !== uid) {
    const message = `Invalid value: "${sent.uid}": field is immutable`;
    throw invalid(kind, name, [{ field: 'metadata.uid', message }]);
  }
  if (sent.resourceVersion !== undefined && sent.resourceVersion !== '' && sent.resourceVersion !== resourceVersion) {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(kind, name, why);
  }
}

function merged(kind: Kind, current: KubeObject, wanted: Json & { metadata: Json }, subresource: string): KubeObject {
  const { metadata, status, ...rest } = current;
  if (subresource === 'status') {
    const { labels, annotations } = wanted.metadata as Partial<Metadata>;
    const taken =
      kind.statusTakesMetadata === true ? withMetadata(metadata, { ...metadata, labels, annotations }) : metadata;
    return { ...rest, metadata: taken, ...(isJson(wanted.status) ? { status: wanted.status } : {}) };
  }
  const { kind: kindName, apiVersion } = current;
  const sent = { ...wanted, kind: kindName, apiVersion, metadata: withMetadata(metadata, wanted.metadata) };
  const complete: KubeObject = kind.complete?.(sent, current) ?? sent;
  if (kind.hasStatus === true) {
    if (status === undefined) delete complete.status;
    else complete.status = status;
  }
  const isNewSpec = kind.hasGeneration === true && !isDeepStrictEqual(complete.spec, current.spec);
  const generation = (metadata.generation ?? 1) + 1;
  return isNewSpec ? { ...complete, metadata: { ...complete.metadata, generation } } : complete;
}

/** What a client may change of an object's metadata. */
function withMetadata(current: Metadata, sent: Json | { [field in keyof Metadata]?: unknown }): Metadata {
  const { labels, annotations, finalizers, ownerReferences } = sent as Json;
  const changed = Object.entries({ labels, annotations, finalizers, ownerReferences });
  const kept: Json = { ...current };
  for (const [field, value] of changed) {
    if (value === undefined) delete kept[field];
    else kept[field] = value;
  }
  return kept as unknown as Metadata;
}
