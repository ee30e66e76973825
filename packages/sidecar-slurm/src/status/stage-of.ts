import { isOfRun, type JobRecord } from '../folder/job-record.ts';
import type { JobEnd } from '../folder/stored-pod.ts';
import type { JobState } from '../slurm/job-state.ts';
import type { SlurmJob } from '../slurm/slurm-job.ts';
import {
  askedToLeave,
  cutOff,
  endingOf,
  forgotten,
  judgeState,
  lostTooOften,
  type SlurmEnding,
} from './judge-state.ts';
import type { Stage, Trouble } from './to-pod-report.ts';

/** Where a pod's job was last seen. */
export type Sight =
  /** Not yet. */
  | { readonly kind: 'unseen' }
  /** By squeue. `endedSinceMs`: since when it is shown as ended; undefined while it is not. `estimatedAtMs`: when it had an estimate last. */
  | {
      readonly kind: 'seen';
      readonly job: SlurmJob;
      readonly endedSinceMs?: number | undefined;
      readonly estimatedAtMs?: number | undefined;
    }
  /** squeue does not know it any more; `job`: what sacct says, where there is one. */
  | {
      readonly kind: 'gone';
      readonly job: JobEnd | undefined;
      readonly sinceMs: number;
      /** How many jobs Slurm has lost, one after another, when the pod gets no other for that. */
      readonly losses?: number | undefined;
    };

export interface StageFacts {
  readonly jobId: string | undefined;
  readonly trouble: Trouble | undefined;
  readonly imageTroubles: ReadonlyMap<string, Trouble>;
  readonly sight: Sight;
  readonly record: JobRecord | undefined;
  /** A job has left the mark that it has begun the pod, which it does before it writes anything else. */
  readonly hasMark: boolean;
  /** When the job last wrote anything, milliseconds since the epoch; undefined when it never did. */
  readonly heardMs: number | undefined;
  /** How long before its time limit Slurm may ask the job to end. */
  readonly leadMs: number;
  readonly nowMs: number;
}

/** What a job wrote last may be seen this late on a shared file system: the attribute cache of NFS is 60 s old at most, 3 s at first. */
export const settleMs = 10_000;
/** A job writes its usage every 10 s: one that Slurm has forgotten and that was silent for so long does not run any more. */
export const silenceMs = 90_000;

/**
 * How far a pod is. The job's own last word goes before Slurm's state, which says less (a job that was ended by us ends as FAILED 0:9),
 * and Slurm's before the lack of a word.
 */
export function stageOf({
  jobId,
  trouble,
  imageTroubles,
  sight,
  record,
  hasMark,
  heardMs,
  leadMs,
  nowMs,
}: StageFacts): Stage {
  const isOver = record?.phase === 'ended';
  const overAt = record?.finishedAt ?? new Date(nowMs).toISOString();
  if (jobId === undefined && record === undefined) return { kind: 'submitting', trouble, imageTroubles };
  const { askedAt } = record ?? {};
  const hasBegun = hasMark || record !== undefined;
  if (sight.kind === 'unseen') {
    if (isOver && askedAt === undefined) return { kind: 'over', at: overAt };
    return record === undefined ? { kind: 'queued', state: 'PENDING' } : { kind: 'running', askedAt };
  }
  if (sight.kind === 'gone') {
    if (isOver) return { kind: 'over', at: overAt, ...endingBy(sight.job, askedAt, leadMs) };
    if (sight.job !== undefined) return overBy(sight.job, sight.sinceMs, hasBegun);
    if (sight.losses !== undefined && record === undefined) {
      return { kind: 'over', ending: lostTooOften(sight.losses, jobId), at: new Date(sight.sinceMs).toISOString() };
    }
    const silentMs = heardMs === undefined ? 0 : heardMs + silenceMs;
    if (nowMs < silentMs) return { kind: 'running', askedAt };
    return { kind: 'over', ending: forgotten, at: new Date(Math.max(sight.sinceMs, silentMs)).toISOString() };
  }
  const { job, endedSinceMs = nowMs } = sight;
  const verdict = judgeState(job.state);
  // What the job says is newer than what squeue said, unless it is of the time before Slurm began the job anew. An end has to be agreed to:
  // one that is told can't be taken back. Until then it runs, as it did: what slurmctld is asked for while it is away is old for long.
  if (verdict.kind === 'queued') {
    if (!isOfRun(record, job)) return toQueued(job);
    return isOver
      ? { kind: 'running', askedAt: askedAt ?? record.finishedAt, waitsInSlurm: true }
      : { kind: 'running', askedAt };
  }
  const isGoing = verdict.kind === 'running' || verdict.kind === 'suspended';
  if (isGoing && (!isOver || askedAt !== undefined)) return { kind: 'running', askedAt };
  if (isOver) return { kind: 'over', at: overAt, ...endingBy(job, askedAt, leadMs) };
  // Without a node it had nobody who could write a last word.
  if (job.nodes === '' && !isOfRun(record, job)) return overBy(job, endedSinceMs, hasBegun);
  if (nowMs < endedSinceMs + settleMs) return { kind: 'running', askedAt };
  return overBy(job, endedSinceMs, hasBegun);
}

function toQueued(job: SlurmJob): Stage {
  return {
    ...{ kind: 'queued', state: job.state },
    ...(job.reason === undefined ? {} : { why: job.reason }),
    ...(job.estimatedStart === undefined ? {} : { estimatedStart: job.estimatedStart.toISOString() }),
  };
}

/**
 * What a script hears of, or does not live to write its last word. One that did, and heard nothing, had ended before: slurmctld, killed and
 * begun again, calls jobs so that ended in the meantime, and cancels those that it wanted to begin a second time.
 */
const comesTooLate: ReadonlySet<JobState> = new Set(['CANCELLED', 'NODE_FAIL']);

/** Why Slurm ended it, whatever its script managed to say after that. */
function endingBy(
  job: JobEnd | undefined,
  askedAt: string | undefined,
  leadMs: number,
): { readonly ending?: SlurmEnding } {
  if (job === undefined) return {};
  const verdict = judgeState(job.state);
  if (verdict.kind === 'ended')
    return askedAt === undefined && comesTooLate.has(job.state) ? {} : { ending: endingOf(verdict.ending, job) };
  return verdict.kind === 'finished' && askedAt !== undefined ? { ending: askedToLeave(job, askedAt, leadMs) } : {};
}

function overBy(job: JobEnd, seenMs: number, hasBegun: boolean): Stage {
  const at = (job.endTime ?? new Date(seenMs)).toISOString();
  const verdict = judgeState(job.state);
  const ending = verdict.kind === 'ended' ? endingOf(verdict.ending, job) : cutOff(job, hasBegun);
  return { kind: 'over', ending, at };
}
