import type { Pod } from '@interlink/kube';
import type { ContainerState, ContainerStatus, PodReport, PodReportStatus } from '@interlink/protocol';
import { messageLimit } from '../status/message-limit.ts';
import { checkResources } from './check-resources.ts';
import { cleanLine, cleanText, toReason } from './clean-text.ts';
import { type PodAddresses, podIPAnnotation } from './pod-addresses.ts';

/** Of what is said of the pod as a whole: as of one container. */
const maxPodMessageBytes = messageLimit(1);
const maxNameBytes = 2_048;
/** Of containers of a pod that the API does not have: enough to tell an orphan. */
const maxStrangersContainers = 8;
const maxInt32 = 2 ** 31 - 1;

export interface ReportRules {
  /** The pod as the API has it; undefined when it has none of this UID on this node. */
  readonly pod: Pod | undefined;
  readonly addresses: PodAddresses;
  /** The node's own, which a pod on the host's network has, too. */
  readonly hostIP: string;
  /** Told when an address is left out. */
  onBadAddress(): void;
}

/**
 * A report with nothing in it but what the protocol names and the Kubernetes API takes: containers of the pod's spec, an address
 * that can be a pod's, numbers in their ranges, texts in their lengths.
 */
export function checkReport({ uid, namespace, name, status, incomplete }: PodReport, rules: ReportRules): PodReport {
  return {
    uid,
    namespace,
    name,
    status: checkStatus(status, rules),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function checkStatus(status: PodReportStatus, rules: ReportRules): PodReportStatus {
  const { pod } = rules;
  const init = declaredOf(status.initContainerStatuses ?? [], pod, pod?.spec?.initContainers);
  const main = declaredOf(status.containerStatuses, pod, pod?.spec?.containers);
  const ephemeral = declaredOf(status.ephemeralContainerStatuses ?? [], pod, pod?.spec?.ephemeralContainers);
  const maxBytes = messageLimit(init.length + main.length + ephemeral.length);
  const { phase, queue, resize, observedGeneration } = status;
  const checked = (each: ContainerStatus) => checkContainer(each, maxBytes);
  return {
    containerStatuses: main.map(checked),
    ...(status.initContainerStatuses === undefined ? {} : { initContainerStatuses: init.map(checked) }),
    ...(status.ephemeralContainerStatuses === undefined ? {} : { ephemeralContainerStatuses: ephemeral.map(checked) }),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(resize === undefined
      ? {}
      : { resize: { state: resize.state, ...given('message', text(resize.message, maxPodMessageBytes)) } }),
    ...(phase === undefined ? {} : { phase }),
    ...given('reason', toReason(status.reason)),
    ...given('message', text(status.message, maxPodMessageBytes)),
    ...given('startTime', time(status.startTime)),
    ...given('podIP', checkPodIP(status.podIP, rules)),
    ...given('jobID', line(status.jobID, 253)),
    ...(queue === undefined ? {} : { queue: checkQueue(queue) }),
  };
}

/** The pod's own word goes first, but only within a range that the administrator has drawn. */
function checkPodIP(
  told: string | undefined,
  { pod, addresses, hostIP, onBadAddress }: ReportRules,
): string | undefined {
  const own = pod?.metadata?.annotations?.[podIPAnnotation];
  if (own !== undefined && addresses.isRanged && addresses.includes(own)) return own;
  const isHosts = pod?.spec?.hostNetwork === true && told === hostIP;
  if (told === undefined || isHosts || addresses.includes(told)) return told;
  onBadAddress();
  return undefined;
}

function declaredOf(
  reported: ReadonlyArray<ContainerStatus>,
  pod: Pod | undefined,
  declared: ReadonlyArray<{ name: string }> = [],
): ContainerStatus[] {
  if (pod === undefined) return reported.slice(0, maxStrangersContainers);
  const byName = new Map(reported.map((status) => [status.name, status]));
  return declared.flatMap(({ name }) => byName.get(name) ?? []);
}

function checkQueue({ state, reason, estimatedStart }: NonNullable<PodReportStatus['queue']>) {
  return {
    state: cleanLine(state, 64),
    ...given('reason', line(reason, 512)),
    ...given('estimatedStart', time(estimatedStart)),
  };
}

function checkContainer(status: ContainerStatus, maxBytes: number): ContainerStatus {
  const { name, state, lastState, ready, started, restartCount, image, imageID, containerID } = status;
  return {
    name,
    state: checkState(state, maxBytes),
    ...(lastState === undefined ? {} : { lastState: checkState(lastState, maxBytes) }),
    ready,
    ...(started === undefined ? {} : { started }),
    restartCount: Math.min(restartCount, maxInt32),
    image: cleanLine(image, maxNameBytes),
    imageID: cleanLine(imageID, maxNameBytes),
    ...given('containerID', line(containerID, maxNameBytes)),
    ...checkResources(status),
  };
}

function checkState({ waiting, running, terminated }: ContainerState, maxBytes: number): ContainerState {
  if (waiting !== undefined) {
    const { reason, message } = waiting;
    return { waiting: { ...given('reason', toReason(reason)), ...given('message', text(message, maxBytes)) } };
  }
  if (running !== undefined) return { running: { ...given('startedAt', time(running.startedAt)) } };
  if (terminated === undefined) return {};
  const { exitCode, signal, reason, message, startedAt, finishedAt, containerID } = terminated;
  return {
    terminated: {
      exitCode: int32(exitCode),
      ...(signal === undefined ? {} : { signal: int32(signal) }),
      ...given('reason', toReason(reason)),
      ...given('message', text(message, maxBytes)),
      ...given('startedAt', time(startedAt)),
      ...given('finishedAt', time(finishedAt)),
      ...given('containerID', line(containerID, maxNameBytes)),
    },
  };
}

function int32(value: number): number {
  return Math.max(-maxInt32 - 1, Math.min(value, maxInt32));
}

function text(value: string | undefined, maxBytes: number): string | undefined {
  return value === undefined ? undefined : cleanText(value, maxBytes);
}

function line(value: string | undefined, maxBytes: number): string | undefined {
  return value === undefined ? undefined : cleanLine(value, maxBytes);
}

/** Nanoseconds are the finest there is. */
function time(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= '2026-01-02T03:04:05.123456789+00:00'.length ? value : undefined;
}

function given<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string });
}
