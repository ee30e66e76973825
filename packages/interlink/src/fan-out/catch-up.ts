import { InterLinkError, linesOf, WholeLines } from '@interlink/protocol';
import type { SharedWatch } from './shared-watch.ts';
import { readWatchLine } from './watch-line.ts';
import type { Watcher } from './watcher.ts';

export interface CatchUpOptions {
  readonly watcher: Watcher;
  readonly shared: SharedWatch;
  /** The sidecar's answer to the reader's cursor. */
  readonly body: AsyncIterable<Buffer>;
  /** Resolves when the reader takes more; rejects when it has gone. */
  readonly drained: () => Promise<void>;
}

/**
 * Passes on what the sidecar tells a reader whose cursor is not known here, until the shared stream has come to the same place: then
 * the reader goes on there. One-off lines are left to the shared stream, which tells each of them once. A cursor that the sidecar does
 * not know either begins a snapshot, and that is here already.
 *
 * @throws what the sidecar's stream breaks with, InterLinkError `unavailable` when it ends before that
 */
export async function catchUp({ watcher, shared, body, drained }: CatchUpOptions): Promise<void> {
  const whole = new WholeLines();
  let isFirst = true;
  for await (const chunk of body) {
    const lines = whole.take(chunk);
    if (lines === undefined) continue;
    let told = '';
    let cursor: string | undefined;
    for (const text of linesOf(lines)) {
      const line = readWatchLine(text);
      if (line.type === 'one-off') continue;
      if (isFirst && line.type === 'bookmark' && line.snapshot === 'begin') return watcher.startFresh();
      isFirst = false;
      cursor = line.cursor;
      told += `${text}\n`;
    }
    if (!watcher.tell(told)) await drained();
    const position = cursor === undefined ? undefined : shared.journal.positionOf(cursor);
    if (position !== undefined) return watcher.startAt(position);
  }
  throw new InterLinkError('unavailable', 'The sidecar has ended the stream');
}
