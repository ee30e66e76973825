import { type Container, parseQuantity } from '@interlink/sidecar-sdk';
import type { AnnouncedResources } from '../site/announced-resources.ts';
import { gpuKinds, kindOf, renderDevice } from './gpu-kinds.ts';

/** How many devices of each kind, none of them zero. */
export type DeviceCounts = ReadonlyMap<string, number>;

/**
 * What the container asks for. Of extended resources, requests are limits.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#consuming-extended-resources
 */
export function wantedDevices(container: Container): DeviceCounts {
  return new Map(gpuKinds.map((kind) => [kind, countOf(container, kind)] as const).filter(([, count]) => count > 0));
}

/** As many as these are. */
export function countDevices(devices: ReadonlyArray<string>): DeviceCounts {
  return new Map([...Map.groupBy(devices, kindOf)].map(([kind, mine]) => [kind, mine.length]));
}

/** As many as are announced; 0: none of this kind. */
export function announcedDevices(kind: string, resources: AnnouncedResources): number {
  return parseQuantity(resources[kind] ?? '0') ?? 0;
}

/** Why the container can never have the devices that it asks for. */
export function refuseDevices(container: Container, resources: AnnouncedResources): string[] {
  return gpuKinds.flatMap((kind) => {
    const count = countOf(container, kind);
    const announced = announcedDevices(kind, resources);
    const asks = `container ${container.name} asks for ${quantityOf(container, kind)} ${kind}`;
    if (!Number.isSafeInteger(count) || count < 0) return [`${asks}: a whole number is wanted`];
    if (count > announced) return [`${asks}, Docker.Resources announces ${announced}`];
    return [];
  });
}

/** For whoever wants to see the container before it is made: which devices it gets is not known yet. */
export function openDevices(container: Container): string[] {
  return [...wantedDevices(container)].flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, place) => renderDevice(kind, `<free ${place}>`)),
  );
}

function countOf(container: Container, kind: string): number {
  return parseQuantity(quantityOf(container, kind)) ?? Number.NaN;
}

function quantityOf({ resources }: Container, kind: string): string {
  return resources?.limits?.[kind] ?? resources?.requests?.[kind] ?? '0';
}
