import type { ContainerStatus as ApiContainerStatus, Pod, PodStatus } from '@interlink/kube';
import type { ContainerStatus, PodReport } from '@interlink/protocol';
import {
  containerStatuses,
  fromApiContainerStatus,
  toApiContainerStatus,
  wholeSeconds,
  withoutUnended,
} from './container-statuses.ts';
import { podConditions } from './pod-conditions.ts';
import { type PodPhase, podPhase } from './pod-phase.ts';

/** Why a pod is not at the backend yet, shown on its containers. */
export interface PodTrouble {
  readonly reason: string;
  readonly message: string;
}

export interface PodStatusInput {
  readonly pod: Pod;
  /** What the backend says, if it has the pod. */
  readonly report: PodReport | undefined;
  readonly trouble: PodTrouble | undefined;
  readonly hostIP: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The pod goes: containers that have not ended are shown as lost, and the phase is terminal. */
  readonly isFinal: boolean;
}

/** The status that the Kubernetes API should show: a pure function of the pod, the backend's report and the clock. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, report } = input;
  const current = pod.status ?? {};
  const now = wholeSeconds(new Date(input.now).toISOString()) ?? '';
  const statuses = allStatuses(input, now);
  const spec = {
    restartPolicy: restartPolicyOf(pod),
    initContainers: pod.spec?.initContainers ?? [],
    containers: pod.spec?.containers ?? [],
    initStatuses: statuses.init,
    statuses: statuses.main,
  };
  const isEnding = input.isFinal || pod.metadata?.deletionTimestamp !== undefined;
  const phase = phaseOf(input, podPhase({ ...spec, isEnding }));
  const podIP = report?.status.podIP ?? current.podIP;
  const reason = report?.status.reason;
  const message = report?.status.message;
  const { reason: _reason, message: _message, ...kept } = current;
  return {
    ...kept,
    phase,
    conditions: podConditions({
      ...spec,
      phase,
      readinessGates: (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType),
      current: current.conditions ?? [],
      generation: pod.metadata?.generation,
      now,
    }),
    hostIP: input.hostIP,
    hostIPs: [{ ip: input.hostIP }],
    startTime: current.startTime ?? wholeSeconds(report?.status.startTime) ?? now,
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    containerStatuses: keepEqual(current.containerStatuses, statuses.main),
    ...(spec.initContainers.length === 0
      ? {}
      : { initContainerStatuses: keepEqual(current.initContainerStatuses, statuses.init) }),
    ...(pod.metadata?.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  };
}

/** A terminal phase is for ever; the backend's word goes before what follows from the containers; an end is one of the two. */
function phaseOf({ pod, report, isFinal }: PodStatusInput, derived: PodPhase): PodPhase {
  const current = pod.status?.phase;
  if (current === 'Succeeded' || current === 'Failed') return current;
  return report?.status.phase ?? (isFinal && derived !== 'Succeeded' ? 'Failed' : derived);
}

function allStatuses(input: PodStatusInput, now: string): { init: ContainerStatus[]; main: ContainerStatus[] } {
  const { pod, report, trouble } = input;
  const initContainers = pod.spec?.initContainers ?? [];
  const waiting = { reason: initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating' };
  const queue = report?.status.queue;
  const queued =
    queue === undefined ? {} : { message: [queue.state, queue.reason].filter((part) => part !== undefined).join(': ') };
  const known = report?.status ?? (input.isFinal ? lastKnown(pod) : undefined);
  const silent = trouble ?? { ...waiting, ...queued };
  const init = containerStatuses(initContainers, known?.initContainerStatuses ?? [], silent);
  const main = containerStatuses(pod.spec?.containers ?? [], known?.containerStatuses ?? [], silent);
  return input.isFinal ? { init: withoutUnended(init, now), main: withoutUnended(main, now) } : { init, main };
}

/** What the API was told before the backend lost the pod: how a container ended must not be lost with it. */
function lastKnown({ status }: Pod): Pick<PodReport['status'], 'initContainerStatuses' | 'containerStatuses'> {
  return {
    initContainerStatuses: (status?.initContainerStatuses ?? []).map(fromApiContainerStatus),
    containerStatuses: (status?.containerStatuses ?? []).map(fromApiContainerStatus),
  };
}

export function restartPolicyOf(pod: Pod): 'Always' | 'OnFailure' | 'Never' {
  const policy = pod.spec?.restartPolicy;
  return policy === 'Never' || policy === 'OnFailure' ? policy : 'Always';
}

/** The API's own entry where it says the same, so that no patch is sent for what the API adds or leaves out. */
function keepEqual(
  current: ReadonlyArray<ApiContainerStatus> | undefined,
  wanted: ReadonlyArray<ContainerStatus>,
): ApiContainerStatus[] {
  const byName = new Map((current ?? []).map((status) => [status.name, status]));
  return wanted.map((status) => {
    const next = toApiContainerStatus(status);
    const before = byName.get(status.name);
    const isEqual =
      before !== undefined &&
      Object.entries(next).every(([key, value]) => isSame(before[key as keyof ApiContainerStatus], value));
    return isEqual ? before : next;
  });
}

/** Deep equality in which absent, null and the empty object are one. */
function isSame(a: unknown, b: unknown): boolean {
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => isSame(left[key], right[key]));
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
