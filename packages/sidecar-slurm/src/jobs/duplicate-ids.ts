import { InterLinkError } from '@interlink/sidecar-sdk';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { JobState } from '../slurm/job-state.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob } from '../slurm/slurm-job.ts';
import { endsUnbegun } from '../status/judge-state.ts';

/** As slurmctld gives it when it drains a node: ESLURM_DUPLICATE_JOB_ID in its `job_mgr.c`. */
const drainReason = 'Duplicate jobid';

/** Of a job that its node has not run: another one with its id may have ended in its place. */
const endStates: ReadonlySet<JobState> = new Set(['CANCELLED', 'FAILED', 'COMPLETED']);

/** Jobs that a pod is given, one after another, when Slurm or a node has lost the one before. */
export const mostJobs = 10;

/**
 * Whether a node may have refused a pod's job. A slurmctld that was killed forgets the newest jobs and gives their ids out again. A node on
 * which the first one still runs, or has just been ended, does not take the second, which is cancelled then, as if somebody had wanted
 * that, or has failed, or has whatever end the first one came to.
 */
export function isPerhapsRefused({ record, deletion, sight, submission }: PodEntry, job: PodJob): boolean {
  const isNews = submission?.ended === undefined && (sight.kind !== 'seen' || sight.endedSinceMs === undefined);
  const isPlain = record === undefined && deletion === undefined && (submission?.number ?? 1) < mostJobs;
  return isNews && isPlain && endStates.has(job.state) && job.batchHost !== '';
}

/** What speaks for a refusal. */
export type Refusal =
  /** The id was another pod's, too, or the node was drained for it. */
  | 'likely'
  /** Nothing but that its script has written nothing, and has ended as one does that has not begun: what it wrote may be seen late. */
  | 'silent'
  /** Slurm drains the node after it has cancelled the job, or does not answer. */
  | 'unknown'
  | 'none';

/** What speaks for the refusal of each of the jobs. Asks once for all; `lost`: ids of which Slurm had forgotten jobs. */
export async function findRefusals(
  slurm: Pick<SlurmApi, 'nodeReasons'>,
  jobs: ReadonlyArray<PodJob>,
  pods: Iterable<PodEntry>,
  lost: ReadonlySet<string>,
): Promise<(job: PodJob) => Refusal> {
  const owners = Map.groupBy(pods, ({ jobId }) => jobId);
  const isShared = ({ id }: PodJob) => lost.has(id) || (owners.get(id)?.length ?? 0) > 1;
  const asked = jobs.filter((job) => job.state === 'CANCELLED' && !isShared(job));
  const reasons = await reasonsOf(slurm, [...new Set(asked.map(({ batchHost }) => batchHost))]);
  return (job) => {
    if (isShared(job) || reasons?.get(job.batchHost)?.startsWith(drainReason)) return 'likely';
    if (endsUnbegun(job)) return 'silent';
    return job.state === 'CANCELLED' ? 'unknown' : 'none';
  };
}

/** Undefined while Slurm does not answer. Sites may hide their nodes (`PrivateData`): then nothing is known. */
async function reasonsOf(slurm: Pick<SlurmApi, 'nodeReasons'>, nodes: ReadonlyArray<string>) {
  if (nodes.length === 0) return undefined;
  try {
    return await slurm.nodeReasons(nodes);
  } catch (error) {
    return InterLinkError.from(error).isPassing ? undefined : new Map<string, string>();
  }
}
