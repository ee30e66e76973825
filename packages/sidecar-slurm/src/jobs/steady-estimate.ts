import type { SlurmJob } from '../slurm/slurm-job.ts';

/** An estimate that moves by less than this part of the wait is the same one, to whoever waits. */
const noticeablePart = 0.1;
const noticeableMs = 60_000;
/** Each time it thinks again, Slurm's backfill forgets all estimates, and comes to one job after the other: squeue shows none meanwhile. */
const thinkingMs = 120_000;

/**
 * The job with the estimate of its start that was shown before, unless it has moved noticeably: Slurm's backfill thinks again every few
 * seconds, and each change would be news of every pod in the queue.
 * @param givenMs when squeue gave one last, milliseconds since the epoch
 */
export function steadyEstimate<Job extends SlurmJob>(before: SlurmJob, job: Job, nowMs: number, givenMs: number): Job {
  const [shown, fresh] = [before.estimatedStart, job.estimatedStart];
  if (shown === undefined || shown.getTime() <= nowMs) return job;
  if (fresh === undefined) {
    const waitsOn = job.state === before.state && job.reason === before.reason && nowMs - givenMs < thinkingMs;
    return waitsOn ? { ...job, estimatedStart: shown } : job;
  }
  const moved = Math.abs(fresh.getTime() - shown.getTime());
  const limit = Math.max(noticeableMs, (shown.getTime() - nowMs) * noticeablePart);
  return moved < limit ? { ...job, estimatedStart: shown } : job;
}
