import type { Node, Pod } from '@interlink/kube';
import { countStates } from '../report/count-states.ts';
import { type ClusterStatus, clusterStates, type NodeStatus, type PendingPod } from '../report/status-report.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { pendingReason, stateOf } from './pod-state.ts';

/** What the facts come to. */
export function toClusterStatus({ nodes, pods, unscheduled, heardAt }: ClusterFacts): ClusterStatus {
  const byNode = Map.groupBy(pods, ({ spec }) => spec?.nodeName ?? '');
  const taintKeys = new Set(nodes.flatMap(({ spec }) => (spec?.taints ?? []).map(({ key }) => key)));
  const meant = unscheduled?.filter((pod) => toleratesOne(pod, taintKeys));
  return {
    nodes: nodes
      .map((node) => toNodeStatus(node, byNode.get(nameOf(node)) ?? [], heardAt.get(nameOf(node))))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    unscheduled: meant?.length,
    oldestPending: oldestPending([...pods, ...(meant ?? [])]),
  };
}

function toNodeStatus(node: Node, pods: ReadonlyArray<Pod>, heardAt: string | undefined): NodeStatus {
  const { conditions = [], nodeInfo, capacity = {} } = node.status ?? {};
  const backend = conditions.find(({ type }) => type === 'InterLinkConnectivity');
  return {
    name: nameOf(node),
    state: readiness(node),
    backend: backend === undefined ? undefined : (backend.message ?? backend.reason ?? backend.status),
    runtime: nodeInfo?.containerRuntimeVersion ?? '',
    capacity,
    heardAt,
    pods: countStates(clusterStates, pods.map(stateOf)),
  };
}

function readiness({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const why = ready?.message ?? ready?.reason;
  const state = ready?.status === 'True' ? 'Ready' : `NotReady${why === undefined ? '' : ` (${why})`}`;
  return spec?.unschedulable === true ? `${state}, cordoned` : state;
}

/** Whether it names the taint of a virtual node: one that tolerates everything is not meant for them. */
function toleratesOne({ spec }: Pod, taintKeys: ReadonlySet<string>): boolean {
  return (spec?.tolerations ?? []).some(({ key }) => key !== undefined && taintKeys.has(key));
}

function oldestPending(pods: ReadonlyArray<Pod>): PendingPod | undefined {
  const [oldest] = pods
    .filter((pod) => stateOf(pod) === 'Pending')
    .toSorted((a, b) => Date.parse(createdAt(a) ?? '') - Date.parse(createdAt(b) ?? ''));
  if (oldest === undefined) return undefined;
  return {
    namespace: oldest.metadata?.namespace ?? '',
    name: oldest.metadata?.name ?? '',
    node: oldest.spec?.nodeName,
    since: createdAt(oldest),
    reason: pendingReason(oldest),
  };
}

function createdAt({ metadata }: Pod): string | undefined {
  return metadata?.creationTimestamp;
}

function nameOf({ metadata }: Node): string {
  return metadata?.name ?? '';
}
