import type { Pod, PodStatus } from '@interlink/kube';
import { wholeSeconds } from './container-statuses.ts';
import { podConditions } from './pod-conditions.ts';

/**
 * The status of a pod that its node does not take, as the kubelet writes it
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet.go `rejectPod`): Failed, without containers.
 * @param now milliseconds since the epoch
 */
export function rejectedStatus(pod: Pod, why: { reason: string; message: string }, now: number): PodStatus {
  const { containerStatuses: _waiting, initContainerStatuses: _waitingToo, ...current } = pod.status ?? {};
  const generation = pod.metadata?.generation;
  const time = wholeSeconds(new Date(now).toISOString()) ?? '';
  const conditions = podConditions({
    phase: 'Failed',
    initContainers: pod.spec?.initContainers ?? [],
    containers: pod.spec?.containers ?? [],
    initStatuses: [],
    statuses: [],
    readinessGates: [],
    queued: undefined,
    resize: [],
    current: current.conditions ?? [],
    generation,
    now: time,
  });
  return {
    ...current,
    phase: 'Failed',
    reason: why.reason,
    message: `Pod was rejected: ${why.message}`,
    startTime: current.startTime ?? time,
    conditions,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}
