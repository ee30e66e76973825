import {
  type Container,
  expandClaim,
  findClaim,
  isMemory,
  type Pod,
  toClaim,
  type Volume,
  volumeTypeOf,
} from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { writtenHostPath } from '../volumes/host-path.ts';
import type { VolumeBase, VolumePolicy } from '../volumes/volume-base.ts';
import { memoryMount } from './memory-mount.ts';
import { bind, engineMount, volumeOver } from './mount-settings.ts';
import type { MountSite } from './mounts.ts';
import { toFsGroup } from './security-context.ts';
import { subPathParts } from './sub-path.ts';

/**
 * The container's mounts as {@link toMounts} would have them, before anything is looked at or made: folders by their volumes' names, host
 * paths as they are written, whatever links there are.
 * @param pod whose volumes are not refused
 */
export function openMounts(container: Container, pod: Pod, site: Omit<MountSite, 'root'>): Docker.MountSettings[] {
  return (container.volumeMounts ?? []).flatMap((mount) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (volume === undefined) return [];
    const base = openBase(volume, pod, site);
    const target = { Target: mount.mountPath, ReadOnly: mount.readOnly === true || base.isReadOnly };
    if (base.kind === 'engine') return [{ ...engineMount(base, mount), ...target }];
    const parts = [...base.parts, ...subPathParts(mount)];
    const isVolume = parts.length > 0 && !base.isOurs && site.hasSafeSubPaths;
    const over = { parts, uid: pod.metadata.uid, volume: mount.name };
    return [{ ...(isVolume ? volumeOver(base.path, over) : bind([base.path, ...parts].join('/'), mount)), ...target }];
  });
}

/** What of {@link findVolumeBase} is known without the disk. */
function openBase(volume: Volume, { metadata, spec }: Pod, { hostPaths, claims }: VolumePolicy): VolumeBase {
  const type = volumeTypeOf(volume);
  const folder = { kind: 'folder', path: `<volume ${volume.name}>`, parts: [], isOurs: false } as const;
  if (type === 'hostPath') {
    const { base, parts, isReadOnly } = writtenHostPath(volume, hostPaths);
    return { ...folder, path: base, parts, isReadOnly };
  }
  if (type === 'persistentVolumeClaim') {
    const claim = toClaim(volume);
    const { isReadOnly } = claim;
    const target = findClaim(claim, metadata.namespace, claims);
    if (target === undefined || 'path' in target) return { ...folder, isReadOnly };
    const names = { namespace: metadata.namespace, claim: claim.name, volume: volume.name };
    return { kind: 'engine', mount: { Type: 'volume', Source: expandClaim(target.dockerVolume, names) }, isReadOnly };
  }
  if (isMemory(volume)) {
    return { kind: 'engine', mount: memoryMount(volume, metadata.uid, toFsGroup(spec)), isReadOnly: false };
  }
  return { ...folder, isReadOnly: type !== 'emptyDir', isOurs: type !== 'emptyDir' };
}
