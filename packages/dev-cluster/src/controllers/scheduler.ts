import { createObject } from '../api/create.ts';
import { bindPod } from '../api/subresources.ts';
import { events, nodes, pods } from '../kinds/kinds.ts';
import { conditionOf } from '../kinds/pod-row.ts';
import { fieldAt, isJson, type Json, type KubeObject, listAt, timestamp } from '../object.ts';
import type { Store } from '../store/store.ts';

/**
 * Binds each pod to the first node that is ready, that it selects by `nodeSelector` and whose taints it tolerates. It counts no
 * resources and knows no affinity.
 */
export function runScheduler(store: Store): () => void {
  let isDue = false;
  const run = () => {
    isDue = false;
    for (const pod of store.list(pods).filter(isWaiting)) schedule(store, pod);
  };
  return store.subscribe(({ kind, after }) => {
    const matters =
      (kind === pods && after !== undefined && isWaiting(after)) || (kind === nodes && after !== undefined);
    if (!matters || isDue) return;
    isDue = true;
    setImmediate(run);
  });
}

function isWaiting({ metadata, spec }: KubeObject): boolean {
  return !spec?.nodeName && spec?.schedulerName === 'default-scheduler' && metadata.deletionTimestamp === undefined;
}

function schedule(store: Store, pod: KubeObject): void {
  const all = store.list(nodes);
  const reasons = all.map((node) => whyNot(pod, node));
  const node = all[reasons.indexOf(undefined)];
  if (node !== undefined) {
    const { name, namespace } = pod.metadata;
    bindPod(store, pod, node.metadata.name);
    tell(store, pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`);
    return;
  }
  const counts = Object.entries(Object.groupBy(reasons, (reason) => reason ?? '')).map(
    ([why, list]) => `${list?.length} ${why}`,
  );
  const message = `0/${all.length} nodes are available: ${counts.join(', ') || 'there is no node'}.`;
  const known = listAt(pod, 'status.conditions').find(({ type }) => type === 'PodScheduled');
  if (known?.message === message) return;
  const unschedulable = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  const others = listAt(pod, 'status.conditions').filter(({ type }) => type !== 'PodScheduled');
  const conditions = [...others, { ...unschedulable, lastProbeTime: null, lastTransitionTime: timestamp() }];
  store.put(pods, { ...pod, status: { ...pod.status, conditions } });
  tell(store, pod, 'Warning', 'FailedScheduling', message);
}

/** Why a pod can't be on a node, in the scheduler's words; undefined when it can. */
function whyNot(pod: KubeObject, node: KubeObject): string | undefined {
  if (fieldAt(node, 'spec.unschedulable') === true) return 'node(s) were unschedulable';
  if (conditionOf(node, 'Ready') !== 'True') return 'node(s) were not ready';
  const tolerations = listAt(pod, 'spec.tolerations');
  const taint = listAt(node, 'spec.taints').find(
    (each) => each.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, each)),
  );
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  const selector = fieldAt(pod, 'spec.nodeSelector');
  const labels = node.metadata.labels ?? {};
  const isSelected = Object.entries(isJson(selector) ? selector : {}).every(([key, value]) => labels[key] === value);
  return isSelected ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Json, taint: Json): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '' && operator === 'Exists') return true;
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
}

function tell(store: Store, pod: KubeObject, type: string, reason: string, message: string): void {
  const { name, namespace, uid } = pod.metadata;
  const now = timestamp();
  const body = {
    metadata: { name: `${name}.${store.version.toString(16)}` },
    involvedObject: { kind: 'Pod', apiVersion: 'v1', name, namespace, uid },
    ...{ type, reason, message, count: 1, firstTimestamp: now, lastTimestamp: now },
    ...{ source: { component: 'default-scheduler' }, reportingComponent: 'default-scheduler' },
  };
  createObject(store, events, body, { namespace });
}
