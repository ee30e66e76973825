import type { Pod, Taint } from '@interlink/kube';

/** What becomes of pods whose DaemonSet tolerates every taint and so means no node in particular. */
export const daemonSetPolicies = ['pending', 'run', 'report-running'] as const;
export type DaemonSetPolicy = (typeof daemonSetPolicies)[number];

/** On a pod that is shown as running and was never sent to the backend. */
export const notRunAnnotation = 'virtual-node.interlink/not-run';

/**
 * The DaemonSet of a pod that is here only because it tolerates everything (`operator: Exists` without a key), as kube-proxy, CNI
 * agents and log collectors do; undefined for any other pod. A DaemonSet that names a taint of this node means this node.
 */
export function bystanderDaemonSet(pod: Pod, taints: ReadonlyArray<Taint>): string | undefined {
  const owner = (pod.metadata?.ownerReferences ?? []).find(
    ({ kind, controller }) => kind === 'DaemonSet' && controller,
  );
  if (owner === undefined || taints.length === 0) return undefined;
  const tolerations = pod.spec?.tolerations ?? [];
  const isMeant = tolerations.some(({ key }) => taints.some((taint) => taint.key === key));
  const toleratesAll = tolerations.some(({ key, operator }) => (key ?? '') === '' && operator === 'Exists');
  return toleratesAll && !isMeant ? owner.name : undefined;
}

/** Whether the pod is only shown as running. Only a kubelet writes a status: a template that has the annotation does not make it so. */
export function isReportedOnly(pod: Pod): boolean {
  return pod.metadata?.annotations?.[notRunAnnotation] === 'true' && pod.status?.startTime !== undefined;
}

/** Why a DaemonSet's pod is Pending here, what that does to the cluster, and the way out, within the 1024 bytes of an event. */
export function pendingMessage(pod: Pod, daemonSet: string): string {
  return [
    "This virtual node does not run the pods of a DaemonSet that tolerates every taint and names none of this node's.",
    'While this one is Pending, a rolling update of its DaemonSet waits, in the whole cluster.',
    `Keep it off virtual nodes: ${affinityPatch(pod.metadata?.namespace ?? '', daemonSet)}`,
  ].join(' ');
}

/** Why a pod is shown as running that does not run. */
export function notRunMessage(pod: Pod, daemonSet: string): string {
  return [
    'This virtual node does not run the pods of a DaemonSet that tolerates every taint: it only reports them as running',
    '(Policy.DaemonSetPods: report-running).',
    `Keep it off virtual nodes: ${affinityPatch(pod.metadata?.namespace ?? '', daemonSet)}`,
  ].join(' ');
}

/** A command that gives a DaemonSet without node affinity one that leaves virtual nodes out. */
export function affinityPatch(namespace: string, daemonSet: string): string {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  const patch = JSON.stringify({ spec: { template: { spec: { affinity } } } });
  return `kubectl -n ${namespace} patch daemonset ${daemonSet} --type merge -p '${patch}'`;
}
