import { apiVersionOf, type Kind, kindKey } from '../kinds/kind.ts';
import type { Json } from '../object.ts';
import type { Matches } from '../store/selectors.ts';
import type { Change, Store } from '../store/store.ts';
import type { ApiRequest } from './api-request.ts';
import { selectionOf, watchEvent } from './read.ts';

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
  const { kind, query, accept } = request;
  const matches = selectionOf(request);
  const write = (type: string, object: Parameters<typeof watchEvent>[2]) =>
    sink.write(watchEvent(type, kind, object, accept));
  const tell = (change: Change) => {
    const event = eventOf(change, kind, matches);
    if (event !== undefined) write(event.type, event.object);
  };
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
  const stop = () => {
    unsubscribe();
    clearInterval(ticking);
    clearTimeout(timeout);
  };
  const finish = () => {
    stop();
    sink.end();
  };
  const timeout = setTimeout(finish, 1_000 * (Number(query.get('timeoutSeconds')) || defaultTimeoutSeconds));
  return stop;
}

/** What a change is to a watcher: an object that comes to match is added to it, one that no longer matches is deleted. */
function eventOf({ kind, before, after }: Change, wanted: Kind, matches: Matches) {
  if (kindKey(kind) !== kindKey(wanted)) return undefined;
  const did = before !== undefined && matches(before);
  if (after !== undefined && matches(after)) return { type: did ? 'MODIFIED' : 'ADDED', object: after };
  if (!did) return undefined;
  if (after === undefined) return { type: 'DELETED', object: before };
  const { resourceVersion } = after.metadata;
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion } } };
}
