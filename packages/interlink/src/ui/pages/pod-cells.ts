import type { PodRow } from '../board/pod-row.ts';
import { renderPoint } from '../html/times.ts';

export type CellName = 'state' | 'reason' | 'job' | 'estimate';

/** Longer reasons are on the pod's own page. */
const maxReasonLength = 200;

/** The cells of a list that change while one looks, as plain text: the page has them, and so has the stream of changes. */
export function cellsOf({ state, reason, jobId, estimatedStart }: PodRow): Readonly<Record<CellName, string>> {
  const short = reason.length > maxReasonLength ? `${reason.slice(0, maxReasonLength)}…` : reason;
  // Once it runs, it is known when it started.
  const isWaiting = state === 'Queued' || state === 'Starting';
  const estimate = isWaiting && estimatedStart !== undefined ? renderPoint(estimatedStart) : '';
  return { state, reason: short, job: jobId, estimate };
}
