import { containerStatusesOf, type PodReport } from '@interlink/protocol';
import type { PodEntry } from '../board/owner-board.ts';

export interface TimelineStep {
  /** RFC 3339. */
  readonly at: string;
  readonly what: string;
}

/**
 * What happened to a pod, in order, as far as InterLink saw it or the backend reports it. When a pod was created in Kubernetes is not
 * among it: no report says that.
 */
export function timelineOf({ firstSeenAt, isSeenFromStart }: PodEntry, report: PodReport | undefined): TimelineStep[] {
  const seen = isSeenFromStart ? 'InterLink first heard of it' : 'InterLink first heard of it, which was there before';
  const steps: TimelineStep[] = [{ at: new Date(firstSeenAt).toISOString(), what: seen }];
  const startTime = report?.status.startTime;
  if (startTime !== undefined) steps.push({ at: startTime, what: 'taken up, as the backend has it' });
  for (const { name, state, lastState } of report === undefined ? [] : containerStatusesOf(report)) {
    for (const [each, before] of [
      [lastState, ', the time before'],
      [state, ''],
    ] as const) {
      const startedAt = each?.running?.startedAt ?? each?.terminated?.startedAt;
      if (startedAt !== undefined) steps.push({ at: startedAt, what: `container ${name} started${before}` });
      const { finishedAt, exitCode, reason } = each?.terminated ?? {};
      if (finishedAt === undefined) continue;
      const why = reason === undefined ? '' : ` (${reason})`;
      steps.push({ at: finishedAt, what: `container ${name} ended with exit code ${exitCode}${why}${before}` });
    }
  }
  return steps.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
