import type { SlurmJob } from '../slurm/slurm-job.ts';

/** An estimate that moves by less than this part of the wait is the same one, to whoever waits. */
const noticeablePart = 0.1;
const noticeableMs = 60_000;

/**
 * The job with the estimate of its start that was shown before, unless it has moved noticeably: Slurm's backfill thinks again every few
 * seconds, and each change would be news of every pod in the queue.
 */
export function steadyEstimate<Job extends SlurmJob>(before: SlurmJob, job: Job, nowMs: number): Job {
  const [shown, fresh] = [before.estimatedStart, job.estimatedStart];
  if (shown === undefined || fresh === undefined || shown.getTime() <= nowMs) return job;
  const moved = Math.abs(fresh.getTime() - shown.getTime());
  const limit = Math.max(noticeableMs, (shown.getTime() - nowMs) * noticeablePart);
  return moved < limit ? { ...job, estimatedStart: shown } : job;
}
