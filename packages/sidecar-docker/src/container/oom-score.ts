import { type Container, type PodSpec, parseQuantity } from '@interlink/sidecar-sdk';
import type { EngineFeatures } from '../engine/engine-features.ts';

/** The kubelet's: who asks for nothing is killed first. */
const bestEffort = 1_000;
/** The kubelet's, from which those of Burstable pods count up; they are never as safe as Guaranteed ones. */
const guaranteed = -997;

/**
 * How soon the kernel kills the container's processes when the host's memory is short
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior). Never below 0,
 * where a kubelet goes: on a host that is no node a pod's processes must not outlive the host's own, and an engine without
 * CAP_SYS_RESOURCE (rootless, or in a container itself) could not start them.
 */
export function toOomScoreAdj(
  container: Container,
  pod: PodSpec,
  { memoryBytes }: Pick<EngineFeatures, 'memoryBytes'>,
): number {
  const { isGuaranteed, isBestEffort } = qualityOf(pod);
  if (isGuaranteed) return 0;
  if (isBestEffort) return bestEffort;
  const request = requestOf(container, 'memory');
  const score = bestEffort - Math.floor((1_000 * request) / memoryBytes);
  // Between the two others, never one of them.
  return Math.min(Math.max(score, bestEffort + guaranteed), bestEffort - 1);
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qualityOf({ containers, initContainers = [] }: PodSpec): { isGuaranteed: boolean; isBestEffort: boolean } {
  const all = [...initContainers, ...containers];
  const isGuaranteed = all.every(({ resources }) =>
    (['cpu', 'memory'] as const).every((name) => {
      const limit = amount(resources?.limits?.[name]);
      return limit > 0 && (resources?.requests?.[name] === undefined || amount(resources.requests[name]) === limit);
    }),
  );
  const isBestEffort = all.every(({ resources }) =>
    (['cpu', 'memory'] as const).every(
      (name) => amount(resources?.limits?.[name]) === 0 && amount(resources?.requests?.[name]) === 0,
    ),
  );
  return { isGuaranteed, isBestEffort };
}

function requestOf({ resources }: Container, name: 'memory'): number {
  return amount(resources?.requests?.[name] ?? resources?.limits?.[name]);
}

function amount(quantity: string | undefined): number {
  return quantity === undefined ? 0 : (parseQuantity(quantity) ?? 0);
}
