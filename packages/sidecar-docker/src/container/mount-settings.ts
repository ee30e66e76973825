import type { VolumeMount } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { uidLabel } from '../identity/labels.ts';
import type { VolumeBase } from '../volumes/volume-base.ts';
import { folderVolumeName } from '../volumes/volume-paths.ts';
import { hasSubPath, subPathParts } from './sub-path.ts';

/** A mount for the engine, but for where the container has it and whether it may write there. */
export type MountSource = Omit<Docker.MountSettings, 'Target'>;

/** Of a volume of the engine's own. */
export function engineMount({ mount }: VolumeBase & { kind: 'engine' }, of: VolumeMount): MountSource {
  if (!hasSubPath(of)) return mount;
  const options = mount.VolumeOptions ?? { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } };
  return { ...mount, VolumeOptions: { ...options, Subpath: subPathParts(of).join('/') } };
}

/** Of a folder or file of the host. */
export function bind(source: string, { mountPropagation = 'None' }: VolumeMount): MountSource {
  return { Type: 'bind', Source: source, BindOptions: { Propagation: propagations[mountPropagation] ?? 'rprivate' } };
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation */
export const propagations: Readonly<Record<string, Docker.MountPropagation>> = {
  None: 'rprivate',
  HostToContainer: 'rslave',
  Bidirectional: 'rshared',
};

/** A volume of the engine's over a folder: of such it mounts a sub-path without ever being led out, at every start. */
export function volumeOver(
  folder: string,
  { parts, uid, volume }: { parts: ReadonlyArray<string>; uid: string; volume: string },
): MountSource {
  return {
    Type: 'volume',
    Source: folderVolumeName(uid, volume),
    VolumeOptions: {
      NoCopy: true,
      Labels: { [uidLabel]: uid },
      // Without what the host has mounted below it, which a sub-path does not get from the engine in any case.
      DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: folder } },
      Subpath: parts.join('/'),
    },
  };
}
