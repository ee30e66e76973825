import { parseQuantity, type Volume } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { uidLabel } from '../identity/labels.ts';
import { memoryVolumeName } from '../volumes/volume-paths.ts';

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
