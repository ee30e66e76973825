import { type Container, parseQuantity } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { gpuKinds } from '../devices/gpu-kinds.ts';

/** What the kernel's CPU bandwidth control counts in: a tenth of a second, and at least a millisecond of it. */
const periodUs = 100_000;
const minQuotaUs = 1_000;
/** The kernel's least and a core's worth of CPU weight (cgroup v1), as the kubelet uses them. */
const minShares = 2;
const sharesPerCore = 1_024;

const supported: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', ...gpuKinds]);

/** Names of resources (`example.com/fpga`) that the container asks for and that this backend would not give it. */
export function unsupportedResources({ resources }: Container): string[] {
  const named = [...Object.keys(resources?.limits ?? {}), ...Object.keys(resources?.requests ?? {})];
  return [...new Set(named)].filter((name) => !supported.has(name));
}

/**
 * Limits and requests as the engine's settings. A CPU limit becomes quota and period rather than `NanoCpus`, which the engine
 * refuses when it is more than the machine has. Memory is without swap, as on a node.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run
 */
export function toEngineResources({ resources }: Container): Partial<Docker.HostConfig> {
  const cpuLimit = amount(resources?.limits?.cpu);
  // A limit without a request stands for the request too.
  const cpuRequest = amount(resources?.requests?.cpu) ?? cpuLimit;
  const memory = amount(resources?.limits?.memory);
  return {
    ...(cpuLimit === undefined
      ? {}
      : { CpuPeriod: periodUs, CpuQuota: Math.max(minQuotaUs, Math.round(cpuLimit * periodUs)) }),
    CpuShares: Math.max(minShares, Math.floor((cpuRequest ?? 0) * sharesPerCore)),
    ...(memory === undefined ? {} : { Memory: Math.ceil(memory), MemorySwap: Math.ceil(memory) }),
  };
}

/** Undefined for none and for zero, which Kubernetes takes as "no limit". */
function amount(quantity: string | undefined): number | undefined {
  const value = quantity === undefined ? undefined : parseQuantity(quantity);
  return value === undefined || value <= 0 ? undefined : value;
}
