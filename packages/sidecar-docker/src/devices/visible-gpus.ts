import type { Pod } from '@interlink/sidecar-sdk';
import type { EngineFeatures } from '../engine/engine-features.ts';
import { numbersOf } from './gpu-kinds.ts';
import { wantedDevices } from './wanted-devices.ts';

/**
 * By this variable NVIDIA's OCI runtime gives a container GPUs that nobody has assigned to it, and images of CUDA say `all`. `void`: none,
 * and nothing of the driver.
 * @see https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html#gpu-enumeration
 */
const variable = 'NVIDIA_VISIBLE_DEVICES';
const nvidia = 'nvidia.com/gpu';
/** Values that ask for no GPU. */
const nothing: ReadonlySet<string> = new Set(['', 'void', 'none']);

/** The environment of a container by which such a runtime gives it the GPUs that it was given here, or none. */
export function withVisibleGpus(
  env: ReadonlyArray<string>,
  devices: ReadonlyArray<string>,
  { hasNvidiaRuntime }: EngineFeatures,
): string[] {
  if (!hasNvidiaRuntime) return [...env];
  const numbers = numbersOf(nvidia, devices);
  const value = numbers.length === 0 ? 'void' : numbers.join(',');
  return [...env.filter((entry) => !entry.startsWith(`${variable}=`)), `${variable}=${value}`];
}

/** What pods ask for by the variable and don't get. */
export function ignoredGpuVariables({ spec }: Pod, { hasNvidiaRuntime }: EngineFeatures): string[] {
  if (!hasNvidiaRuntime) return [];
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => {
    const value = container.env?.find(({ name }) => name === variable)?.value ?? '';
    if (nothing.has(value) || wantedDevices(container).has(nvidia)) return [];
    return [`${variable} of container ${container.name} (GPUs are had by the limit ${nvidia})`];
  });
}
