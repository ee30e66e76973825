import type { EventText } from '@interlink/sidecar-sdk';
import type { SlurmJob } from '../slurm/slurm-job.ts';
import { judgeState } from '../status/judge-state.ts';
import type { Sight } from '../status/stage-of.ts';

export interface TellingOf {
  /** The pod is deleted, or has ended by itself: no end that Slurm shows is news. */
  readonly isEndExpected: boolean;
  /** A start was told of that Slurm expects: other ones, which it thinks of by the minute, are no news. */
  readonly isStartTold: boolean;
}

/** What a pod's author is told of its job's change that no container's state says. */
export function sightEvents(before: Sight, job: SlurmJob, { isEndExpected, isStartTold }: TellingOf): EventText[] {
  const previous = before.kind === 'seen' ? before.job : undefined;
  const events: EventText[] = [];
  const was = previous === undefined ? undefined : judgeState(previous.state).kind;
  const is = judgeState(job.state).kind;
  if (is === 'suspended' && was !== 'suspended') {
    events.push({
      type: 'Warning',
      reason: 'JobSuspended',
      message: `Slurm has suspended job ${job.id}: it goes on when Slurm resumes it`,
    });
  }
  if (was === 'suspended' && is === 'running') {
    events.push({ type: 'Normal', reason: 'JobResumed', message: `Slurm has resumed job ${job.id}` });
  }
  if (previous !== undefined && job.restarts > previous.restarts) {
    const message = `Slurm runs job ${job.id} again from its beginning (restart ${job.restarts})`;
    events.push({ type: 'Warning', reason: 'JobRequeued', message });
  }
  const { reason, estimatedStart } = job;
  // The first reason only: which of those in the queue it waits for changes by the minute.
  const isNews = previous?.reason === undefined || (estimatedStart !== undefined && !isStartTold);
  if (is === 'queued' && reason !== undefined && isNews && !Object.hasOwn(neverStarts, reason)) {
    const start = estimatedStart === undefined ? '' : `, start expected at ${estimatedStart.toISOString()}`;
    const message = `Job ${job.id} waits in the queue (${reason})${start}`;
    events.push({ type: 'Normal', reason: 'JobQueued', message });
  }
  if (job.state === 'CANCELLED' && previous?.state !== 'CANCELLED' && !isEndExpected) {
    events.push({ type: 'Warning', reason: 'JobCancelled', message: `Job ${job.id} was cancelled in Slurm` });
  }
  const hopeless = is === 'queued' && job.reason !== previous?.reason ? neverStarts[job.reason ?? ''] : undefined;
  if (hopeless !== undefined) {
    events.push({
      type: 'Warning',
      reason: 'JobCannotStart',
      message: `Job ${job.id} waits (${job.reason}): ${hopeless}`,
    });
  }
  return events;
}

/** Reasons that no waiting ends, and what would: JOB REASON CODES of squeue(1). */
const neverStarts: Readonly<Record<string, string>> = {
  PartitionTimeLimit: 'its time limit is above that of its partition; ask for less time, or for another partition',
  PartitionNodeLimit:
    'it asks for more nodes than its partition gives to one job; ask for fewer, or for another partition',
  PartitionDown: 'its partition is down; wait for its administrators, or ask for another partition',
  PartitionInactive: 'its partition is inactive; wait for its administrators, or ask for another partition',
  BadConstraints: 'no node is as it wants it; ask for other features (--constraint), or for less',
  DependencyNeverSatisfied:
    'the job that it depends on (--dependency) has not ended as it should; make the pod again without it',
  InvalidAccount: 'Slurm does not know its account (--account); name one of yours',
  InvalidQOS: 'Slurm does not know its quality of service (--qos); name one of yours',
  ReqNodeNotAvail: 'a node that it asks for is down, drained or reserved; wait, or ask for another one',
  JobHeldUser: 'its user holds it; scontrol release lets it go',
  JobHeldAdmin: 'an administrator holds it; ask for its release',
};
