import { createObject } from '../api/create.ts';
import { bindPod } from '../api/subresources.ts';
import { events, nodes, pods } from '../kinds/kinds.ts';
import { conditionOf, fieldAt, type Json, type KubeObject, listAt, timestamp, withCondition } from '../object.ts';
import type { Store } from '../store/store.ts';

/**
 * Binds each pod to the first node that is ready, that it selects by `nodeSelector` and whose taints it tolerates. It counts no
 * resources and knows no affinity.
 */
export function runScheduler(store: Store): void {
  let isDue = false;
  const run = () => {
    isDue = false;
    for (const pod of store.list(pods).filter(isWaiting)) schedule(store, pod);
  };
  store.subscribe(({ kind, after }) => {
    if (isDue || after === undefined || !(kind === nodes || (kind === pods && isWaiting(after)))) return;
    isDue = true;
    setImmediate(run);
  });
}

function isWaiting({ metadata, spec }: KubeObject): boolean {
  return !spec?.nodeName && spec?.schedulerName === 'default-scheduler' && metadata.deletionTimestamp === undefined;
}

function schedule(store: Store, pod: KubeObject): void {
  const { name, namespace } = pod.metadata;
  const all = store.list(nodes);
  const reasons = all.map((node) => whyNot(pod, node));
  const nodeName = all[reasons.indexOf(undefined)]?.metadata.name;
  if (nodeName !== undefined) {
    bindPod(store, pod, nodeName);
    tell(store, pod, ['Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`]);
    return;
  }
  const message = `0/${all.length} nodes are available: ${[...new Set(reasons)].join(', ') || 'there is no node'}.`;
  if (listAt(pod, 'status.conditions').some((condition) => condition.message === message)) return;
  store.put(pods, withCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }));
  tell(store, pod, ['Warning', 'FailedScheduling', message]);
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
  const wanted = Object.entries(fieldAt(pod, 'spec.nodeSelector') ?? {});
  const isSelected = wanted.every(([key, value]) => node.metadata.labels?.[key] === value);
  return isSelected ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Json, taint: Json): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '' && operator === 'Exists') return true;
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
}

function tell(store: Store, { metadata }: KubeObject, [type, reason, message]: [string, string, string]): void {
  const { name, namespace, uid } = metadata;
  const [firstTimestamp, component] = [timestamp(), 'default-scheduler'];
  const body = {
    metadata: { name: `${name}.${store.version.toString(16)}` },
    involvedObject: { kind: 'Pod', apiVersion: 'v1', name, namespace, uid },
    ...{ type, reason, message, count: 1, firstTimestamp, lastTimestamp: firstTimestamp },
    ...{ source: { component }, reportingComponent: component },
  };
  createObject(store, events, body, { namespace });
}
