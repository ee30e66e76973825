import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import type { Json, KubeObject } from '../object.ts';
import type { Matches } from '../store/selectors.ts';
import type { Change, Store } from '../store/store.ts';
import type { ApiRequest } from './api-request.ts';
import { getObject, selectionOf } from './read.ts';

const bookmarkMs = 30_000;
const defaultTimeoutSeconds = 1_800;

/**
 * Writes what changes from `resourceVersion` on (nothing or "0": what there is, first), bookmarks when asked for, until its timeout.
 * `end` is called then. @returns how to stop it @throws ApiError 410 for a version that is too old
 */
export function watchObjects(
  store: Store,
  request: ApiRequest,
  sink: { write(event: Json): void; end(): void },
): () => void {
  const { kind, query } = request;
  const matches = selectionOf(request);
  const write = (type: string, object: KubeObject) => sink.write({ type, object: getObject(object, request) });
  const tell = (change: Change) => tellChange(change, kind, matches, write);
  const bookmark = (annotations?: Json) => {
    const metadata = { resourceVersion: String(store.version), ...(annotations && { annotations }) };
    sink.write({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata } });
  };

  const since = Number(query.get('resourceVersion') ?? 0);
  const wantsInitial = query.get('sendInitialEvents') === 'true';
  if (since === 0 || wantsInitial) for (const object of store.list(kind).filter(matches)) write('ADDED', object);
  else for (const change of store.changesAfter(since)) tell(change);
  if (wantsInitial) bookmark({ 'k8s.io/initial-events-end': 'true' });

  const unsubscribe = store.subscribe(tell);
  const ticking = query.get('allowWatchBookmarks') === 'true' ? setInterval(bookmark, bookmarkMs) : undefined;
  const timeoutSeconds = Number(query.get('timeoutSeconds')) || defaultTimeoutSeconds;
  const timeout = setTimeout(() => sink.end(), 1_000 * timeoutSeconds);
  return () => {
    unsubscribe();
    clearInterval(ticking);
    clearTimeout(timeout);
  };
}

/** What a change is to a watcher: an object that comes to match is added to it, one that no longer matches is deleted. */
function tellChange(
  { kind, before, after }: Change,
  wanted: Kind,
  matches: Matches,
  write: (type: string, object: KubeObject) => void,
): void {
  if (kind !== wanted) return;
  const did = before !== undefined && matches(before);
  if (after !== undefined && matches(after)) write(did ? 'MODIFIED' : 'ADDED', after);
  else if (did) {
    const { resourceVersion } = (after ?? before).metadata;
    write('DELETED', { ...before, metadata: { ...before.metadata, resourceVersion } });
  }
}
