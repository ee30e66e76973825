import { InterLinkError } from '@interlink/sidecar-sdk';
import type { AnnouncedResources } from '../site/announced-resources.ts';
import { renderDevice } from './gpu-kinds.ts';
import { announcedDevices, type DeviceCounts } from './wanted-devices.ts';

export interface DeviceStock {
  readonly announced: AnnouncedResources;
  /** Those that containers have now. */
  readonly held: ReadonlySet<string>;
  /** Taken first where they are free: what the container had before. */
  readonly preferred: ReadonlyArray<string>;
}

/**
 * Devices for one container, numbered from 0 as the drivers number them.
 * @throws InterLinkError `resource_exhausted` when too few are free
 */
export function chooseDevices(wanted: DeviceCounts, stock: DeviceStock): string[] {
  return [...wanted].flatMap(([kind, count]) => chooseOfKind(kind, count, stock));
}

function chooseOfKind(kind: string, count: number, { announced, held, preferred }: DeviceStock): string[] {
  const total = announcedDevices(kind, announced);
  const all = Array.from({ length: total }, (_, number) => renderDevice(kind, number));
  const free = all.filter((device) => !held.has(device));
  if (free.length < count) {
    throw new InterLinkError(
      'resource_exhausted',
      `Cannot give the container ${count} ${kind}: ${free.length} of the ${total} that Docker.Resources announces are free`,
    );
  }
  const before = free.filter((device) => preferred.includes(device));
  return [...new Set([...before, ...free])].slice(0, count);
}
