import { findClaim, isMemory, type Pod, toClaim, type Volume, volumeTypeOf } from '@interlink/sidecar-sdk';
import { refuseHostPath, writtenHostPath } from './host-path.ts';
import type { VolumePolicy } from './volume-base.ts';

/**
 * What of this volume keeps mounts from being passed on, whatever is on the disk; undefined: nothing that is known without it. What is
 * refused for another reason is not looked at.
 */
export function refusePropagation(volume: Volume, { metadata }: Pod, policy: VolumePolicy): string | undefined {
  const type = volumeTypeOf(volume);
  if (isMemory(volume)) return 'an emptyDir in memory has none';
  if (type === 'persistentVolumeClaim' && isDockerVolume(volume, metadata.namespace, policy)) {
    return 'a Docker volume has none';
  }
  if (type !== 'hostPath' || refuseHostPath(volume, policy.hostPaths) !== undefined) return undefined;
  const { base, parts } = writtenHostPath(volume, policy.hostPaths);
  return parts.length === 0 ? undefined : `only what Docker.HostPaths lists itself has it, not what is below ${base}`;
}

/** Whether the site makes the claim of a volume of the engine's own. A claim that can't be read is none. */
export function isDockerVolume(volume: Volume, namespace: string, { claims }: Pick<VolumePolicy, 'claims'>): boolean {
  try {
    const target = findClaim(toClaim(volume), namespace, claims);
    return target !== undefined && 'dockerVolume' in target;
  } catch {
    return false;
  }
}
