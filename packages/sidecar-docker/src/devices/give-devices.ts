import type Docker from 'dockerode';
import type { EngineFeatures } from '../engine/engine-features.ts';
import { renderDevicesLabel } from '../identity/labels.ts';
import { toDeviceRequests } from './gpu-kinds.ts';
import { withVisibleGpus } from './visible-gpus.ts';

/** A container with these devices and no others. */
export function giveDevices(
  body: Docker.ContainerCreateOptions,
  devices: ReadonlyArray<string>,
  engine: EngineFeatures,
): Docker.ContainerCreateOptions {
  return {
    ...body,
    Labels: { ...body.Labels, ...renderDevicesLabel(devices) },
    Env: withVisibleGpus(body.Env ?? [], devices, engine),
    ...(devices.length === 0 ? {} : { HostConfig: { ...body.HostConfig, DeviceRequests: toDeviceRequests(devices) } }),
  };
}
