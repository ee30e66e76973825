import type { ContainerStatus as ApiContainerStatus, Pod, PodStatus } from '@interlink/kube';
import { type ContainerStatus, initContainerKind, isRestarted, type PodReport } from '@interlink/protocol';
import { offloadedPod } from '../pods/offloaded-pod.ts';
import { wantedResizes, withResources } from './container-resources.ts';
import {
  containerStatuses,
  fromApiContainerStatus,
  toApiContainerStatus,
  wholeSeconds,
  withoutUnended,
} from './container-statuses.ts';
import { ephemeralStatuses } from './ephemeral-statuses.ts';
import { keepEnded } from './keep-ended.ts';
import { messageLimit } from './message-limit.ts';
import { podConditions } from './pod-conditions.ts';
import { type PodPhase, podPhase } from './pod-phase.ts';
import { type ResizeCondition, resizeConditions, shownResizeConditions } from './resize-conditions.ts';

/** The waiting reason of containers that the backend is not to run. */
export const notOffloaded = 'NotOffloaded';

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
  /** Why the pod is failed, by us. */
  readonly failure?: PodTrouble | undefined;
  /** How telling the backend of the newest spec went; undefined while nobody knows how far it is. */
  readonly update?:
    | undefined
    | {
        readonly refusal: string | undefined;
        /** Why ephemeral containers have not been started, by name. */
        readonly troubles: ReadonlyMap<string, PodTrouble>;
      };
}

/** The status that the Kubernetes API should show: a pure function of the pod, the backend's report and the clock. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, report } = input;
  const current = pod.status ?? {};
  const now = wholeSeconds(new Date(input.now).toISOString()) ?? '';
  const { pod: offloaded, leftOut } = offloadedPod(pod);
  const statuses = allStatuses({ ...input, pod: offloaded }, now);
  const spec = {
    restartPolicy: restartPolicyOf(pod),
    initContainers: offloaded.spec?.initContainers ?? [],
    containers: offloaded.spec?.containers ?? [],
    initStatuses: statuses.init,
    statuses: statuses.main,
  };
  const [main, init] = [pod.spec?.containers ?? [], pod.spec?.initContainers ?? []];
  const ephemeral = ephemeralStatuses({ ...input, now, troubles: input.update?.troubles });
  const messageBytes = messageLimit(main.length + init.length + (pod.spec?.ephemeralContainers ?? []).length);
  const toApi = (before: ApiContainerStatus[] | undefined, wanted: ContainerStatus[]) =>
    keepEqual(before, wanted, messageBytes);
  const all = [...statuses.init, ...statuses.main];
  const isEnding = input.isFinal || pod.metadata?.deletionTimestamp !== undefined;
  const phase = phaseOf(input, podPhase({ ...spec, isEnding }));
  const podIP = report?.status.podIP ?? current.podIP;
  const reason = input.failure?.reason ?? report?.status.reason;
  const message = input.failure?.message ?? report?.status.message;
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
      queued: queueWords(report),
      resize: resizeOf(input, phase === 'Running' && wantedResizes(offloaded, all).length > 0),
      now,
    }),
    hostIP: input.hostIP,
    hostIPs: [{ ip: input.hostIP }],
    startTime: current.startTime ?? wholeSeconds(report?.status.startTime) ?? now,
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    containerStatuses: toApi(current.containerStatuses, withLeftOut(main, statuses.main, leftOut)),
    ...(init.length === 0
      ? {}
      : { initContainerStatuses: toApi(current.initContainerStatuses, withLeftOut(init, statuses.init, leftOut)) }),
    ...(ephemeral.length === 0
      ? {}
      : { ephemeralContainerStatuses: toApi(current.ephemeralContainerStatuses, ephemeral) }),
    ...(pod.metadata?.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  };
}

function resizeOf({ pod, report, update }: PodStatusInput, isWanted: boolean): ResizeCondition[] {
  if (update === undefined) return shownResizeConditions(pod.status?.conditions ?? []);
  return resizeConditions({ isWanted, report, generation: pod.metadata?.generation, refusal: update.refusal });
}

/** A terminal phase is for ever; the backend's word goes before what follows from the containers; an end is one of the two. */
function phaseOf({ pod, report, isFinal, failure }: PodStatusInput, derived: PodPhase): PodPhase {
  const current = pod.status?.phase;
  if (current === 'Succeeded' || current === 'Failed') return current;
  if (failure !== undefined) return 'Failed';
  return report?.status.phase ?? (isFinal && derived !== 'Succeeded' ? 'Failed' : derived);
}

function allStatuses(input: PodStatusInput, now: string): { init: ContainerStatus[]; main: ContainerStatus[] } {
  const { pod, report, trouble } = input;
  const initContainers = pod.spec?.initContainers ?? [];
  const waiting = { reason: initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating' };
  const queued = queueWords(report);
  const known = report?.status ?? (input.isFinal ? lastKnown(pod) : undefined);
  const silent = trouble ?? { ...waiting, ...(queued === undefined ? {} : { message: queued }) };
  const finish = (list: 'initContainers' | 'containers', of: 'initContainerStatuses' | 'containerStatuses') => {
    const declared = pod.spec?.[list] ?? [];
    const before = new Map((pod.status?.[of] ?? []).map((status) => [status.name, status]));
    const statuses = containerStatuses(declared, known?.[of] ?? [], silent).map((status, index) =>
      known === undefined
        ? status
        : withResources(status, declared[index], {
            status: before.get(status.name),
            isSpecInForce: isSpecInForce(input),
          }),
    );
    const kept = keepEnded(pod.status?.[of], statuses, (name, exitCode) => mayRunAgain(pod, { list, name }, exitCode));
    return input.isFinal ? withoutUnended(kept, now) : kept;
  };
  return { init: finish('initContainers', 'initContainerStatuses'), main: finish('containers', 'containerStatuses') };
}

/** By the restart policies; besides, the init containers of a pod that is always restarted run again with it when its sandbox is lost. */
function mayRunAgain(
  pod: Pod,
  { list, name }: { list: 'initContainers' | 'containers'; name: string },
  exitCode: number,
): boolean {
  const declared = pod.spec?.[list]?.find((each) => each.name === name);
  if (declared === undefined) return false;
  const kind = list === 'containers' ? 'container' : initContainerKind(declared);
  const policy = restartPolicyOf(pod);
  return (kind === 'init' && policy === 'Always') || isRestarted(kind, declared, policy, exitCode);
}

/** Whether the backend acts on what the API has now, resources and all. */
function isSpecInForce({ pod, report, update }: PodStatusInput): boolean {
  const { observedGeneration, resize } = report?.status ?? {};
  const isObserved = (observedGeneration ?? 0) >= (pod.metadata?.generation ?? 0);
  return isObserved && resize === undefined && update?.refusal === undefined;
}

/** Why the backend's queue has not started the pod, and when it may. */
function queueWords(report: PodReport | undefined): string | undefined {
  const queue = report?.status.queue;
  if (queue === undefined) return undefined;
  const state = [queue.state, queue.reason].filter((part) => part !== undefined).join(': ');
  return queue.estimatedStart === undefined ? state : `${state}; estimated start ${queue.estimatedStart}`;
}

/** The statuses in the order of the spec, those of containers that others are to run among them. */
function withLeftOut(
  declared: ReadonlyArray<{ name: string; image?: string }>,
  statuses: ReadonlyArray<ContainerStatus>,
  leftOut: ReadonlySet<string>,
): ContainerStatus[] {
  if (leftOut.size === 0) return [...statuses];
  const message = 'Left out by an annotation of the pod: the backend of this node does not run it';
  return containerStatuses(declared, statuses, { reason: notOffloaded, message });
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
  messageBytes: number,
): ApiContainerStatus[] {
  const byName = new Map((current ?? []).map((status) => [status.name, status]));
  return wanted.map((status) => {
    const next = toApiContainerStatus(status, messageBytes);
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
