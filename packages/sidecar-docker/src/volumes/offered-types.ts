import { type Capabilities, fileVolumeTypes } from '@interlink/sidecar-sdk';
import type { VolumePolicy } from './volume-base.ts';

/** The types of volumes that pods can have here. @param isShared the engine sees the folders that this process makes */
export function offeredTypes({ hostPaths, claims }: VolumePolicy, isShared: boolean): Capabilities['volumeTypes'] {
  const targets = [...claims.values()].filter((target) => isShared || 'dockerVolume' in target);
  return [
    ...(isShared ? [...fileVolumeTypes, 'emptyDir' as const] : []),
    ...(isShared && hostPaths.allowed.length > 0 ? ['hostPath' as const] : []),
    ...(targets.length > 0 ? ['persistentVolumeClaim' as const] : []),
  ];
}
