import { InterLinkError } from '@interlink/sidecar-sdk';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { JobState } from '../slurm/job-state.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob } from '../slurm/slurm-job.ts';

/** As slurmctld gives it when it drains a node: ESLURM_DUPLICATE_JOB_ID in its `job_mgr.c`. */
const drainReason = 'Duplicate jobid';

/** Of a job that its node has not run: another one with its id may have ended in its place. */
const endStates: ReadonlySet<JobState> = new Set(['CANCELLED', 'FAILED', 'COMPLETED']);

/**
 * Whether a node may have refused a pod's job. A slurmctld that was killed forgets the newest jobs and gives their ids out again. A node on
 * which the first one still runs, or has just been ended, does not take the second, which is cancelled then, as if somebody had wanted
 * that, or has failed, or has whatever end the first one came to.
 */
export function isPerhapsRefused({ record, deletion, sight }: PodEntry, { state, batchHost }: PodJob): boolean {
  const isNews = sight.kind !== 'seen' || sight.endedSinceMs === undefined;
  return isNews && endStates.has(state) && batchHost !== '' && record === undefined && deletion === undefined;
}

/**
 * Those of the jobs that their nodes have refused: the job of another pod has had the id, or the node was drained for one that had it. Asks once for all. @throws InterLinkError `unavailable`
 */
export async function findRefused(
  slurm: Pick<SlurmApi, 'nodeReasons'>,
  jobs: ReadonlyArray<PodJob>,
  pods: Iterable<PodEntry>,
): Promise<ReadonlySet<PodJob>> {
  const owners = Map.groupBy(pods, ({ jobId }) => jobId);
  const refused = new Set(jobs.filter(({ id }) => (owners.get(id)?.length ?? 0) > 1));
  const cancelled = jobs.filter((job) => !refused.has(job) && isPerhapsCancelled(job));
  if (cancelled.length === 0) return refused;
  const reasons = await reasonsOf(slurm, [...new Set(cancelled.map(({ batchHost }) => batchHost))]);
  for (const job of cancelled) if (reasons.get(job.batchHost)?.startsWith(drainReason)) refused.add(job);
  return refused;
}

/** Slurm drains the node for such a one. */
export function isPerhapsCancelled({ state }: PodJob): boolean {
  return state === 'CANCELLED';
}

/** Sites may hide their nodes (`PrivateData`): then nothing is known. */
async function reasonsOf(slurm: Pick<SlurmApi, 'nodeReasons'>, nodes: ReadonlyArray<string>) {
  try {
    return await slurm.nodeReasons(nodes);
  } catch (error) {
    if (InterLinkError.from(error).isPassing) throw error;
    return new Map<string, string>();
  }
}
