import type { Pod } from '@interlink/kube';
import type { PodReport, PodRequest } from '@interlink/protocol';

/** The kubelet's words (pkg/kubelet/active_deadline.go). */
export const deadlineExceeded = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const;

/** When the pod is to be ended, in milliseconds since the epoch: `activeDeadlineSeconds` after its start as the API shows it. */
export function podDeadline({ spec, status }: Pod): number | undefined {
  const startMs = Date.parse(status?.startTime ?? '');
  if (spec?.activeDeadlineSeconds == null || Number.isNaN(startMs)) return undefined;
  return startMs + spec.activeDeadlineSeconds * 1_000;
}

/**
 * A request with what is left of the deadline, whole seconds: a backend counts from when it takes the pod, Kubernetes from the pod's start,
 * and between the two it may have waited for a ConfigMap. The difference of two times of one clock is nobody's skew.
 */
export function withDeadlineLeft(request: PodRequest, pod: Pod, nowMs: number): PodRequest {
  const deadlineMs = podDeadline(pod);
  if (deadlineMs === undefined) return request;
  const activeDeadlineSeconds = Math.max(1, Math.ceil((deadlineMs - nowMs) / 1_000));
  return { ...request, pod: { ...request.pod, spec: { ...request.pod.spec, activeDeadlineSeconds } } };
}

/** Whether all containers had ended by themselves when the deadline came. */
export function endedInTime({ status }: PodReport, deadlineMs: number): boolean {
  const finished = status.containerStatuses.map(({ state }) => Date.parse(state.terminated?.finishedAt ?? ''));
  return finished.length > 0 && finished.every((at) => at < deadlineMs);
}
