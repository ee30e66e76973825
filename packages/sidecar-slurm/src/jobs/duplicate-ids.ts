import { InterLinkError } from '@interlink/sidecar-sdk';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob } from '../slurm/slurm-job.ts';

/** As slurmctld gives it when it drains a node: ESLURM_DUPLICATE_JOB_ID in its `job_mgr.c`. */
const drainReason = 'Duplicate jobid';

/**
 * Whether a node may have refused a pod's job. A slurmctld that was killed forgets the newest jobs and gives their ids out again; a node on
 * which the first one still runs does not take the second, which is cancelled then, as if somebody had wanted that.
 */
export function isPerhapsRefused({ record, deletion, sight }: PodEntry, { state, batchHost }: PodJob): boolean {
  const isNews = sight.kind !== 'seen' || sight.endedSinceMs === undefined;
  return isNews && state === 'CANCELLED' && batchHost !== '' && record === undefined && deletion === undefined;
}

/** Those of the jobs whose node was drained since it has another job with the id. Asks once for all. @throws InterLinkError `unavailable` */
export async function findRefused(
  slurm: Pick<SlurmApi, 'nodeReasons'>,
  jobs: ReadonlyArray<PodJob>,
): Promise<ReadonlySet<PodJob>> {
  const reasons = await reasonsOf(slurm, [...new Set(jobs.map(({ batchHost }) => batchHost))]);
  return new Set(jobs.filter(({ batchHost }) => reasons.get(batchHost)?.startsWith(drainReason)));
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
