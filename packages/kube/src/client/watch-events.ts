/** The watch protocol: one JSON document per line. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
import type { KubeObject, Status } from '../types.ts';
import { KubeStatusError, KubeTransportError } from './kube-errors.ts';
import { LineSplitter } from './line-splitter.ts';

export interface WatchEvent<T extends KubeObject> {
  /** A BOOKMARK's object has nothing but its kind and `metadata.resourceVersion`. */
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

export interface WatchOptions {
  fieldSelector?: string | undefined;
  labelSelector?: string | undefined;
  /** Start after this version; `"0"` or none: with what is there now, as ADDED events. */
  resourceVersion?: string | undefined;
  /** The server ends the watch after this long. */
  timeoutSeconds?: number | undefined;
  /** Ask for a BOOKMARK about every minute, which also proves that the connection lives. Default true. */
  allowWatchBookmarks?: boolean | undefined;
  /** Give up when nothing comes for this long, in milliseconds. Default 150,000, more than two bookmarks. */
  idleTimeoutMs?: number | undefined;
}

/** The query parameters of a watch. */
export function watchQuery(options: WatchOptions): Record<string, string | number | boolean | undefined> {
  const { fieldSelector, labelSelector, resourceVersion, timeoutSeconds, allowWatchBookmarks = true } = options;
  return { watch: true, allowWatchBookmarks, fieldSelector, labelSelector, resourceVersion, timeoutSeconds };
}

/**
 * Reads events from the chunks of a watch. `what` names the watch in messages.
 * @throws KubeStatusError for an ERROR event; KubeTransportError `malformed` for a line that is no event or that was cut.
 */
export async function* readWatchEvents<T extends KubeObject>(
  chunks: AsyncIterable<Buffer>,
  what: string,
): AsyncGenerator<WatchEvent<T>> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) yield parseWatchEvent<T>(line, what);
  }
  if (splitter.pendingBytes > 0)
    throw new KubeTransportError(what, 'malformed', 'the stream ended in the middle of a line');
}

function parseWatchEvent<T extends KubeObject>(line: string, what: string): WatchEvent<T> {
  let event: { type?: unknown; object?: unknown } | null;
  try {
    event = JSON.parse(line) as typeof event;
  } catch {
    // Not the parser's own words: they quote the line, and a line may hold a Secret.
    throw new KubeTransportError(what, 'malformed', `a line of ${line.length} characters is not JSON`);
  }
  const { type, object } = event ?? {};
  if (typeof object === 'object' && object !== null) {
    if (type === 'ERROR') throw new KubeStatusError(what, (object as Status).code ?? 500, object as Status);
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK')
      return { type, object: object as T };
  }
  throw new KubeTransportError(what, 'malformed', `a line of ${line.length} characters is no watch event`);
}
