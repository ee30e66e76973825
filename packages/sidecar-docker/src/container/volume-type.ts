import { parseQuantity, type Volume } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { uidLabel } from '../identity/labels.ts';
import { memoryVolumeName } from '../volumes/volume-paths.ts';

/** What this backend gives to pods. */
export const fileVolumeTypes = ['configMap', 'secret', 'downwardAPI', 'projected'] as const;

/** The member beside `name` that says what the volume is: `configMap`, `hostPath`, … */
export function volumeTypeOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
}

/** True for a volume whose files come with the request. */
export function isFiles(volume: Volume): boolean {
  return (fileVolumeTypes as ReadonlyArray<string>).includes(volumeTypeOf(volume));
}

export function isMemory(volume: Volume): boolean {
  return volumeTypeOf(volume) === 'emptyDir' && volume.emptyDir?.medium === 'Memory';
}

/** True for a volume with the content of ConfigMaps or Secrets. */
export function holdsPodData(volume: Volume): boolean {
  if (volume.configMap !== undefined || volume.secret !== undefined) return true;
  const sources = volume.projected?.sources;
  if (!Array.isArray(sources)) return false;
  return sources.some(
    (source) => typeof source === 'object' && source !== null && ('configMap' in source || 'secret' in source),
  );
}

/**
 * An emptyDir in memory is a tmpfs volume of the engine's, made with the first container that names it. The sandbox mounts it
 * as well: a tmpfs lives as long as somebody has it mounted, and an init container ends before the next one starts.
 */
export function memoryMount(
  volume: Volume,
  uid: string,
  fsGroup: number | undefined,
): Omit<Docker.MountSettings, 'Target'> {
  const limit = volume.emptyDir?.sizeLimit === undefined ? undefined : parseQuantity(volume.emptyDir.sizeLimit);
  const size = limit === undefined || limit <= 0 ? '' : `,size=${Math.ceil(limit)}`;
  const mode = fsGroup === undefined ? 'mode=0777' : `mode=2777,gid=${fsGroup}`;
  return {
    Type: 'volume',
    Source: memoryVolumeName(uid, volume.name),
    VolumeOptions: {
      NoCopy: true,
      Labels: { [uidLabel]: uid },
      DriverConfig: { Name: 'local', Options: { type: 'tmpfs', device: 'tmpfs', o: `${mode}${size}` } },
    },
  };
}
