import type { Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';

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

/** Whether all containers had ended by themselves when the deadline came. */
export function endedInTime({ status }: PodReport, deadlineMs: number): boolean {
  const finished = status.containerStatuses.map(({ state }) => Date.parse(state.terminated?.finishedAt ?? ''));
  return finished.length > 0 && finished.every((at) => at < deadlineMs);
}
