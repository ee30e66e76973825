import { type JobEnd, writeSubmission } from '../folder/stored-pod.ts';
import type { PodEntry } from '../pods/pod-entry.ts';

/** Writes down how a job ended whose script has not: Slurm forgets it after a while, and whoever begins then has to tell the same. */
export async function keepEnd(entry: PodEntry, nowMs: number): Promise<void> {
  const { record, submission, sight, folder } = entry;
  if (record !== undefined || submission === undefined || submission.ended !== undefined || sight.kind === 'unseen')
    return;
  const sinceMs = (sight.kind === 'gone' ? sight.sinceMs : sight.endedSinceMs) ?? nowMs;
  const job = sight.job === undefined ? {} : { job: toEnd(sight.job) };
  const losses = sight.kind !== 'gone' || sight.losses === undefined ? {} : { losses: sight.losses };
  const next = { ...submission, ended: { at: new Date(sinceMs).toISOString(), ...job, ...losses } };
  await writeSubmission(folder, next);
  entry.submission = next;
}

function toEnd({ state, exit, startTime, endTime, timeLimitMinutes, cancelledBy }: JobEnd): JobEnd {
  return { state, exit, startTime, endTime, timeLimitMinutes, cancelledBy };
}
