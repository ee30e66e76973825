import type { Pod } from '@interlink/kube';
import { type SlurmCluster, waitFor } from '../../../testbed/index.ts';
import { statusOf } from '../../drivers/containers.ts';
import type { Namespace } from '../../drivers/namespace.ts';

/** A slurmctld that was killed ends jobs that ran before and that it has forgotten. @returns the names of their pods; any other end is none of that */
export async function cutOffPods(namespace: Namespace, backMs: number): Promise<string[]> {
  const isCutOff = (pod: Pod) => {
    const { reason, startedAt } = statusOf(pod, 'main')?.state?.terminated ?? {};
    return reason === 'ContainerStatusUnknown' && Date.parse(String(startedAt)) < backMs;
  };
  return (await namespace.pods()).filter(isCutOff).map(({ metadata }) => metadata?.name ?? '');
}

/** Slurm drains a node that has a forgotten job with the id of a new one; the operator sees that after a while. */
export async function untilAllAreOver(namespace: Namespace, own: SlurmCluster): Promise<void> {
  let known: string[] = [];
  const areOver = async () => {
    const drained = await own.drainedNodes();
    for (const node of drained) if (known.includes(node)) await own.resumeNode(node);
    known = drained.filter((node) => !known.includes(node));
    return (await namespace.pods()).every(({ status }) => ['Succeeded', 'Failed'].includes(status?.phase ?? ''));
  };
  await waitFor('the pods to end', areOver, { timeoutMs: 240_000, intervalMs: 5_000 });
}

/** The job that each pod is said to have, by the pod's name. */
export async function toldJobs(namespace: Namespace): Promise<Map<string, string | undefined>> {
  return new Map(
    (await namespace.pods()).map(({ metadata }) => [metadata?.name ?? '', metadata?.annotations?.JobID] as const),
  );
}
