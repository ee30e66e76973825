import type { EventText } from '@interlink/sidecar-sdk';
import type { SlurmJob } from '../slurm/slurm-job.ts';
import { judgeState } from '../status/judge-state.ts';
import type { Sight } from '../status/stage-of.ts';

/** What a pod's author is told of its job's change that no container's state says. */
export function sightEvents(before: Sight, job: SlurmJob): EventText[] {
  const previous = before.kind === 'seen' ? before.job : undefined;
  const events: EventText[] = [];
  const was = previous === undefined ? undefined : judgeState(previous.state).kind;
  const is = judgeState(job.state).kind;
  if (is === 'suspended' && was !== 'suspended') {
    events.push({ type: 'Warning', reason: 'JobSuspended', message: `Slurm has suspended job ${job.id}` });
  }
  if (was === 'suspended' && is === 'running') {
    events.push({ type: 'Normal', reason: 'JobResumed', message: `Slurm has resumed job ${job.id}` });
  }
  if (previous !== undefined && job.restarts > previous.restarts) {
    const message = `Slurm begins job ${job.id} anew, for the ${ordinal(job.restarts)} time`;
    events.push({ type: 'Warning', reason: 'JobRequeued', message });
  }
  const { reason } = job;
  // The first reason only: which of those in the queue it waits for changes by the minute.
  if (
    is === 'queued' &&
    reason !== undefined &&
    previous?.reason === undefined &&
    !Object.hasOwn(neverStarts, reason)
  ) {
    events.push({ type: 'Normal', reason: 'JobQueued', message: `Job ${job.id} waits in the queue (${reason})` });
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

/** Reasons that no waiting ends: JOB REASON CODES of squeue(1). */
const neverStarts: Readonly<Record<string, string>> = {
  PartitionTimeLimit: 'its time limit is above that of its partition',
  PartitionNodeLimit: 'it asks for more nodes than its partition gives to one job',
  PartitionDown: 'its partition is down',
  PartitionInactive: 'its partition is inactive',
  BadConstraints: 'no node is as it wants it',
  DependencyNeverSatisfied: 'what it depends on has not ended as it should',
  InvalidAccount: 'its account is not known',
  InvalidQOS: 'its QOS is not known',
  ReqNodeNotAvail: 'a node that it asks for is not available',
  JobHeldUser: 'it is held by its user',
  JobHeldAdmin: 'it is held by an administrator',
};

function ordinal(count: number): string {
  return count === 1 ? 'first' : `${count}th`;
}
