import { InterLinkError } from '@interlink/protocol';

/** What has to be known of a line of a watch to pass it on to whom it concerns. Its text is not looked into any further. */
export type WatchLine =
  | { readonly type: 'pod' | 'gone'; readonly uid: string; readonly cursor: string }
  | { readonly type: 'bookmark'; readonly cursor: string; readonly snapshot: unknown }
  /** Without a place in the order of things, and told once: an event, capabilities, or a kind of record that is yet to come. */
  | { readonly type: 'one-off' };

/** @throws InterLinkError `internal` for what is no record of a watch: who reads such a stream can't go on */
export function readWatchLine(text: string): WatchLine {
  const record = parse(text);
  const { type, cursor } = record;
  if (typeof type !== 'string') throw unreadable('a line without a type');
  if (type !== 'pod' && type !== 'gone' && type !== 'bookmark') return { type: 'one-off' };
  if (typeof cursor !== 'string') throw unreadable(`a record of type ${type} without a cursor`);
  if (type === 'bookmark') return { type, cursor, snapshot: record.snapshot };
  const uid = type === 'gone' ? record.uid : (record.pod as { uid?: unknown } | undefined)?.uid;
  if (typeof uid !== 'string') throw unreadable(`a record of type ${type} without a UID`);
  return { type, uid, cursor };
}

function parse(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not the parser's own words: they quote the text.
    throw unreadable('a line that is no JSON');
  }
  if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  throw unreadable('a line that is no object');
}

function unreadable(what: string): InterLinkError {
  return new InterLinkError('internal', `The sidecar's stream of pods has ${what}`);
}
