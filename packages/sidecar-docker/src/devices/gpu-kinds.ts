import type Docker from 'dockerode';

/** How the engine is asked for GPUs of one kind: for these of them, by number. */
interface GpuKind {
  toRequest(numbers: ReadonlyArray<string>): Docker.DeviceRequest;
}

/**
 * The extended resources that an engine can give a container. NVIDIA's by the driver that comes with its container toolkit
 * (https://docs.docker.com/engine/containers/gpu/), AMD's by the Container Device Interface, whose driver Docker has since 25
 * (https://instinct.docs.amd.com/projects/container-toolkit/en/latest/container-runtime/running-workloads.html).
 */
const kinds: Readonly<Record<string, GpuKind>> = {
  'nvidia.com/gpu': {
    toRequest: (numbers) => ({ Driver: 'nvidia', DeviceIDs: [...numbers], Capabilities: [['gpu']] }),
  },
  'amd.com/gpu': {
    toRequest: (numbers) => ({
      Driver: 'cdi',
      DeviceIDs: numbers.map((number) => renderDevice('amd.com/gpu', number)),
    }),
  },
};

export const gpuKinds: ReadonlyArray<string> = Object.keys(kinds);

/** A device as the Container Device Interface names it: `nvidia.com/gpu=0`. */
export function renderDevice(kind: string, number: number | string): string {
  return `${kind}=${number}`;
}

export function kindOf(device: string): string {
  return device.slice(0, device.indexOf('='));
}

/** What the drivers call those of this kind: `0`, `1`. */
export function numbersOf(kind: string, devices: ReadonlyArray<string>): string[] {
  return devices.filter((device) => kindOf(device) === kind).map((device) => device.slice(kind.length + 1));
}

/** What the engine is asked for, one request per kind. */
export function toDeviceRequests(devices: ReadonlyArray<string>): Docker.DeviceRequest[] {
  return Object.entries(kinds).flatMap(([kind, { toRequest }]) => {
    const numbers = numbersOf(kind, devices);
    return numbers.length === 0 ? [] : [toRequest(numbers)];
  });
}
