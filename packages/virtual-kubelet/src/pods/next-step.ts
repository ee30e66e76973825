import type { Pod } from '@interlink/kube';
import { isRestarted, type PodReport } from '@interlink/protocol';
import { lostExitCode, lostReason } from '../status/container-statuses.ts';
import { restartPolicyOf } from '../status/pod-status.ts';
import { isTerminal } from '../status/terminal-phase.ts';
import type { Reach } from './backend-mirror.ts';
import { isMirrorPod } from './mirror-pod.ts';
import { deadlineExceeded, endedInTime } from './pod-deadline.ts';

/** What a pod needs next. Exactly one thing at a time: each step's effect brings the pod back to the queue. */
export type Step =
  /** Nothing to do until something changes. */
  | { readonly kind: 'none' }
  /** Neither the API nor the backend has it any more. */
  | { readonly kind: 'forget' }
  /** The backend has a pod that the API does not want. */
  | { readonly kind: 'remove-orphan' }
  /** Resolve and PUT it. */
  | { readonly kind: 'create' }
  /** DELETE it at the backend, with what is left of its grace period. */
  | { readonly kind: 'stop' }
  /** It has ended: write its last status, then delete the API object. */
  | { readonly kind: 'finish' }
  /** It ran, the backend lost it, and it must not run again. */
  | { readonly kind: 'lost' }
  /** Its deadline has passed: DELETE it at the backend; its API object stays. */
  | { readonly kind: 'expire' }
  /** It has ended because its deadline had passed: show that. */
  | { readonly kind: 'expired' }
  /** Failed by us, and at work at the backend all the same: DELETE it there; its API object and its status stay. */
  | { readonly kind: 'end-late' }
  /** The backend acts on an older spec: PATCH it, and show what it reports. */
  | { readonly kind: 'update' }
  /** Show what the backend reports. */
  | { readonly kind: 'report' }
  /** Show that the backend is out of reach. */
  | { readonly kind: 'unreachable' };

export interface StepInput {
  /** The pod as the API has it, or undefined when it hasn't. */
  readonly pod: Pod | undefined;
  readonly report: PodReport | undefined;
  readonly backend: Reach;
  /** A PUT has succeeded and the backend's answer is still on its way. */
  readonly isAwaitingReport: boolean;
  /** The backend acts on an older spec than the API has, in what matters to it. */
  readonly isBehind: boolean;
  /** Milliseconds since the epoch: when the pod was to be ended, if that is over and ours to do. */
  readonly passedDeadlineMs: number | undefined;
}

const none: Step = { kind: 'none' };

/** The heart of the pod controller, as a table: what the API wants, what the backend has, what to do. */
export function nextStep(input: StepInput): Step {
  const { pod, report, backend, isAwaitingReport, isBehind } = input;
  if (pod === undefined) {
    if (report === undefined) return { kind: 'forget' };
    return backend === 'known' ? { kind: 'remove-orphan' } : none;
  }
  if (isMirrorPod(pod)) return none;

  const isDeleted = pod.metadata?.deletionTimestamp !== undefined;
  if (isDeleted) {
    if (report !== undefined) return hasEnded(report) ? { kind: 'finish' } : { kind: 'stop' };
    // It may run there unseen: only a backend that was heard, and heard since it was handed over, can say that it is gone.
    if (backend !== 'known') return none;
    return isAwaitingReport ? { kind: 'stop' } : { kind: 'finish' };
  }
  // A terminal phase is for ever, though single containers may still end; the backend keeps the pod for its logs until it is deleted.
  if (isTerminal(pod.status?.phase)) return stepOfTerminal(pod, report, backend);
  const overdue = overdueStep(input);
  if (overdue !== undefined) return overdue;
  if (report !== undefined) {
    if (backend !== 'known') return { kind: 'report' };
    return { kind: report.incomplete === true ? 'create' : isBehind ? 'update' : 'report' };
  }
  if (backend === 'unreachable') return hasBegun(pod) ? none : { kind: 'unreachable' };
  if (backend === 'unknown' || isAwaitingReport) return none;
  return hasBegun(pod) && !mayRunAnew(pod) ? { kind: 'lost' } : { kind: 'create' };
}

/** What is left to do for a pod whose end the API shows. */
function stepOfTerminal(pod: Pod, report: PodReport | undefined, backend: Reach): Step {
  if (report === undefined) return none;
  if (isStillEnding(pod)) return { kind: 'report' };
  // A backend that has failed the pod itself ends what is left of it, and keeps its logs.
  const isOurs = isFailedByUs(pod) && report.status.phase === undefined;
  return backend === 'known' && isOurs && isAtWork(report) ? { kind: 'end-late' } : none;
}

/** Whether all of its containers would be restarted if they failed: a pod handed over again runs all of them again. */
function mayRunAnew(pod: Pod): boolean {
  const policy = restartPolicyOf(pod);
  return (pod.spec?.containers ?? []).every((each) => isRestarted('container', each, policy, lostExitCode));
}

/** What is left to do for a pod past its deadline. One that ended in time, by itself, is as good as any other. */
function overdueStep({ report, backend, isAwaitingReport, passedDeadlineMs }: StepInput): Step | undefined {
  if (passedDeadlineMs === undefined) return undefined;
  if (report !== undefined) {
    if (!hasEnded(report)) return { kind: 'expire' };
    return endedInTime(report, passedDeadlineMs) ? undefined : { kind: 'expired' };
  }
  if (backend !== 'known') return none;
  return { kind: isAwaitingReport ? 'expire' : 'expired' };
}

/** Whether a container at the backend runs. */
function isAtWork({ status }: PodReport): boolean {
  const statuses = [...(status.initContainerStatuses ?? []), ...status.containerStatuses];
  return statuses.some(({ state }) => state.running !== undefined);
}

/** Whether all containers at the backend have stopped for good. A report that names none says nothing of them. */
function hasEnded(report: PodReport): boolean {
  if (isAtWork(report)) return false;
  const { containerStatuses } = report.status;
  return containerStatuses.length > 0 && containerStatuses.every((status) => status.state.terminated !== undefined);
}

/** Whether the API still shows a container at work. */
function isStillEnding(pod: Pod): boolean {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.some(({ state }) => state?.running != null);
}

/** Whether it was given up here, at its deadline or as lost: a container that runs later is nobody's. Any other has its end from the backend. */
function isFailedByUs({ status }: Pod): boolean {
  const isLost = (status?.containerStatuses ?? []).some(({ state }) => state?.terminated?.reason === lostReason);
  return status?.phase === 'Failed' && (status.reason === deadlineExceeded.reason || isLost);
}

/** Whether the API has seen any container of it at work. */
export function hasBegun(pod: Pod): boolean {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.some(
    ({ state, lastState }) => state?.running != null || state?.terminated != null || lastState?.terminated != null,
  );
}
