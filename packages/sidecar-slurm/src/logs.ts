import {
  type ContainerStatus,
  containerStatusesOf,
  InterLinkError,
  type LogOptions,
  type PodReference,
  streamLogFile,
} from '@interlink/sidecar-sdk';
import type { PodBook } from './pods/pod-book.ts';
import type { PodEntry } from './pods/pod-entry.ts';

export interface LogRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: LogOptions;
  readonly signal: AbortSignal;
}

/** Opens a container's log, of its newest attempt or of the one before. @throws InterLinkError `not_found`, `failed_precondition` while it waits */
export async function readLog(
  { book, now }: { readonly book: PodBook; readonly now: () => number },
  { pod, container, options, signal }: LogRequest,
): Promise<AsyncIterable<Uint8Array>> {
  book.unread.assertRead(pod.uid);
  await book.refresh(pod.uid);
  const entry = book.get(pod.uid);
  const status = entry && containerStatusesOf(entry.report(now())).find(({ name }) => name === container);
  if (entry === undefined || status === undefined) {
    throw new InterLinkError('not_found', `No container ${container} in pod ${pod.name}`);
  }
  const attempt = chooseAttempt(pod.name, status, options.previous === true);
  return await streamLogFile({
    ...{ path: entry.folder.attemptFile(container, attempt, 'log'), options, signal, nowMs: now() },
    hasEnded: async () => await hasEnded(book, entry, { container, attempt, nowMs: now() }),
  });
}

/** @throws InterLinkError with the kubelet's words, which people and scripts look for */
function chooseAttempt(podName: string, status: ContainerStatus, isPrevious: boolean): number {
  const of = `container ${JSON.stringify(status.name)} in pod ${JSON.stringify(podName)}`;
  const { running, terminated, waiting } = status.state;
  if (isPrevious) {
    if (status.lastState === undefined) throw new InterLinkError('not_found', `previous terminated ${of} not found`);
    // While it backs off, the one that is shown has ended, and is the previous one, too.
    return waiting === undefined ? status.restartCount - 1 : status.restartCount;
  }
  if (running !== undefined || terminated !== undefined || status.lastState !== undefined) return status.restartCount;
  throw new InterLinkError(
    'failed_precondition',
    `${of} is waiting to start: ${waiting?.reason ?? 'ContainerCreating'}`,
  );
}

/** Looks again for itself: news of it may come later than its last line. */
async function hasEnded(
  book: PodBook,
  entry: PodEntry,
  { container, attempt, nowMs }: { container: string; attempt: number; nowMs: number },
): Promise<boolean> {
  if (book.get(entry.uid) !== entry) return true;
  await book.refresh(entry.uid);
  const record = entry.record?.containers.get(container);
  return record?.attempt !== attempt || record.state !== 'running' || entry.stage(nowMs).kind === 'over';
}
