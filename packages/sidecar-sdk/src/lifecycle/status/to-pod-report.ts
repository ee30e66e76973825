import type { ContainerKind, ContainerStatus, PodReport, PodReportStatus } from '@interlink/protocol';
import { dueRestart } from '../decide/container-progress.ts';
import { isMissing } from '../decide/next-steps.ts';
import { podEnd, podFailure } from '../decide/pod-end.ts';
import { type ContainerFacts, canBeMade, isLive, type PodFacts } from '../facts/pod-facts.ts';
import { toContainerStatus } from './container-status.ts';

/** A pod's facts as they are reported. What only the backend knows (a resize, a job's id) is added by it. */
export function toPodReport(facts: PodFacts, nowMs: number): PodReport {
  const { pod, acceptedAt, ip, sandbox } = facts.runtime;
  const { uid, namespace, name, generation = 0 } = pod.metadata;
  const end = podEnd(facts, nowMs);
  const isAtRest = !facts.containers.some(({ attempts }) => attempts.some(isLive));
  const statuses = facts.containers.map((container) => ({
    kind: container.kind,
    status: toContainerStatus(container, { facts, nowMs, end: end?.cause, isAtRest }),
  }));
  const ofKinds = (...kinds: ContainerKind[]): ContainerStatus[] =>
    statuses.filter(({ kind }) => kinds.includes(kind)).map(({ status }) => status);
  const isIncomplete =
    end === undefined && sandbox !== 'lost' && facts.containers.some((container) => lacksRequest(facts, container));
  return {
    uid,
    namespace,
    name,
    status: {
      // As with a kubelet, a pod has not failed before all of it has ended.
      ...(isAtRest ? toFailure(facts, nowMs) : {}),
      ...(sandbox === 'lost' ? {} : { startTime: acceptedAt }),
      ...(ip === undefined ? {} : { podIP: ip }),
      ...optional('initContainerStatuses', ofKinds('init', 'sidecar')),
      containerStatuses: ofKinds('container'),
      ...optional('ephemeralContainerStatuses', ofKinds('ephemeral')),
      ...(generation === 0 ? {} : { observedGeneration: generation }),
    },
    ...(isIncomplete ? { incomplete: true } : {}),
  };
}

/** Its next attempt is due and can be made only when the pod's owner sends the request again. */
function lacksRequest(facts: PodFacts, container: ContainerFacts): boolean {
  if (canBeMade(facts, container)) return false;
  return isMissing(facts, container) || dueRestart(facts, container) !== undefined;
}

function toFailure(facts: PodFacts, nowMs: number): Partial<PodReportStatus> {
  const failure = podFailure(facts, nowMs);
  return failure === undefined ? {} : { phase: 'Failed', reason: failure.reason, message: failure.message };
}

function optional<K extends string>(key: K, statuses: ContainerStatus[]): { [key in K]?: ContainerStatus[] } {
  return statuses.length === 0 ? {} : ({ [key]: statuses } as { [key in K]: ContainerStatus[] });
}
