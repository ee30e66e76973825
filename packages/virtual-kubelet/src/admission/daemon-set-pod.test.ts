import { expect, test } from 'vitest';
import {
  affinityPatch,
  bystanderDaemonSet,
  isReportedOnly,
  notRunAnnotation,
  notRunMessage,
  pendingMessage,
} from './daemon-set-pod.ts';
import { matchesNode } from './node-affinity.ts';
import { openDoor } from './testing/open-door.ts';
import { daemonSetPod, newPod } from './testing/pods.ts';

const { taints } = openDoor;
const ours = { key: 'virtual-node.interlink/no-schedule', operator: 'Exists' };

test('bystanderDaemonSet() is the DaemonSet of a pod that only tolerates everything', () => {
  expect(bystanderDaemonSet(daemonSetPod(), taints)).toBe('kube-proxy');
  expect(bystanderDaemonSet(daemonSetPod({ tolerations: [{ key: '', operator: 'Exists' }] }), taints)).toBe(
    'kube-proxy',
  );
});

test.each([
  ['a pod that names our taint', daemonSetPod({ tolerations: [{ operator: 'Exists' }, ours] })],
  ['a pod that names nothing else', daemonSetPod({ tolerations: [ours] })],
  ['a pod without tolerations', daemonSetPod({ tolerations: [] })],
  ['a pod of nobody', newPod({ tolerations: [{ operator: 'Exists' }] })],
  [
    'a pod that some DaemonSet merely owns',
    daemonSetPod({}, { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd' }] }),
  ],
])('bystanderDaemonSet() leaves alone %s', (_what, pod) => {
  expect(bystanderDaemonSet(pod, taints)).toBeUndefined();
});

test('bystanderDaemonSet() leaves alone all pods of a node without taints', () => {
  expect(bystanderDaemonSet(daemonSetPod(), [])).toBeUndefined();
});

test('pendingMessage() says what it does to the cluster and how to end it', () => {
  const patch =
    '{"spec":{"template":{"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":' +
    '{"nodeSelectorTerms":[{"matchExpressions":[{"key":"type","operator":"NotIn","values":["virtual-kubelet"]}]}]}}}}}}}';
  expect(pendingMessage(daemonSetPod(), 'kube-proxy')).toBe(
    "This virtual node does not run the pods of a DaemonSet that tolerates every taint and names none of this node's. " +
      'While this one is Pending, a rolling update of its DaemonSet waits, in the whole cluster. ' +
      `Keep it off virtual nodes: kubectl -n kube-system patch daemonset kube-proxy --type merge -p '${patch}'`,
  );
});

test('the longest names still fit an event', () => {
  const pod = daemonSetPod({}, { namespace: 'n'.repeat(63) });
  for (const message of [pendingMessage, notRunMessage]) {
    expect(message(pod, 'd'.repeat(253)).length).toBeLessThanOrEqual(1024);
  }
});

test('affinityPatch() keeps the DaemonSet off virtual nodes and no others', () => {
  const patch = JSON.parse(/-p '(.*)'$/.exec(affinityPatch('kube-system', 'kube-proxy'))?.[1] ?? '');
  const pod = newPod(patch.spec.template.spec);
  expect(matchesNode(pod, { name: 'virtual-1', labels: { type: 'virtual-kubelet' } })).toBe(false);
  expect(matchesNode(pod, { name: 'worker-1', labels: {} })).toBe(true);
});

test('isReportedOnly() goes by the annotation once a kubelet has written a status', () => {
  const annotations = { [notRunAnnotation]: 'true' };
  const begun = daemonSetPod({}, { annotations });
  expect(isReportedOnly(begun)).toBe(false);
  expect(isReportedOnly({ ...begun, status: { startTime: '2026-01-02T03:04:05Z' } })).toBe(true);
  expect(isReportedOnly({ ...daemonSetPod(), status: { startTime: '2026-01-02T03:04:05Z' } })).toBe(false);
});
