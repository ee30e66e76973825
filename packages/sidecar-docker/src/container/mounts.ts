import { type Container, InterLinkError, type PodSpec, pathBelow, type VolumeMount } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { volumeFolder } from '../volumes/volume-paths.ts';
import { isMemory, memoryMount, volumeTypeOf } from './volume-type.ts';

/** Where volumes are. */
export interface VolumePlace {
  /** DataRootFolder, the same path for the engine. */
  readonly root: string;
  readonly uid: string;
}

/** The container's mounts as the engine's. @throws InterLinkError `failed_precondition` for a sub-path that can't be mounted safely */
export function toMounts(container: Container, pod: PodSpec, place: VolumePlace): Docker.MountSettings[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const volume = pod.volumes?.find((candidate) => candidate.name === mount.name);
    if (volume === undefined) {
      throw new InterLinkError(
        'failed_precondition',
        `Container ${container.name} mounts volume ${mount.name}, which the pod does not declare`,
      );
    }
    if (isMemory(volume))
      return { ...memoryMount(volume, place.uid), Target: mount.mountPath, ReadOnly: isReadOnly(mount) };
    return {
      Type: 'bind',
      Source: sourceOf(mount, place),
      Target: mount.mountPath,
      // Files of ConfigMaps and the like are never written by a pod.
      ReadOnly: isReadOnly(mount) || volumeTypeOf(volume) !== 'emptyDir',
      BindOptions: { Propagation: 'rprivate' },
    };
  });
}

/** Folders that must be there before a container with such mounts is created: sub-paths of emptyDirs. */
export function subPathFolders(pod: PodSpec, place: VolumePlace): string[] {
  const mounts = [...(pod.initContainers ?? []), ...pod.containers].flatMap(
    (container) => container.volumeMounts ?? [],
  );
  const isEmptyDir = (name: string): boolean =>
    (pod.volumes ?? []).some((volume) => volume.name === name && volumeTypeOf(volume) === 'emptyDir');
  return mounts.filter((mount) => hasSubPath(mount) && isEmptyDir(mount.name)).map((mount) => sourceOf(mount, place));
}

/**
 * Why a mount of the pod can't be had, or undefined. The engine follows symbolic links when it mounts a sub-path: where a
 * container can write the folder above, it could plant a link to anywhere on the host (CVE-2017-1002101).
 */
export function refuseSubPaths(pod: PodSpec): string | undefined {
  const mounts = [...(pod.initContainers ?? []), ...pod.containers].flatMap(
    (container) => container.volumeMounts ?? [],
  );
  for (const volume of pod.volumes ?? []) {
    if (volumeTypeOf(volume) !== 'emptyDir') continue;
    const mine = mounts.filter((mount) => mount.name === volume.name);
    for (const mount of mine.filter(hasSubPath)) {
      if (isMemory(volume))
        return `subPath ${mount.subPath} of volume ${volume.name}: an emptyDir in memory has none here`;
      const above = mine.find((other) => !isReadOnly(other) && isAbove(other, mount));
      if (above !== undefined) {
        return `subPath ${mount.subPath} of volume ${volume.name}: ${above.mountPath} makes the folder above it writable, which is not safe here`;
      }
    }
  }
  return undefined;
}

function sourceOf(mount: VolumeMount, { root, uid }: VolumePlace): string {
  const folder = volumeFolder(root, uid, mount.name);
  return hasSubPath(mount) ? pathBelow(folder, trimSlash(mount.subPath ?? '')) : folder;
}

function isAbove(other: VolumeMount, mount: VolumeMount): boolean {
  const path = trimSlash(mount.subPath ?? '');
  return !hasSubPath(other) || path.startsWith(`${trimSlash(other.subPath ?? '')}/`);
}

function hasSubPath(mount: VolumeMount): boolean {
  return mount.subPath !== undefined && mount.subPath !== '';
}

function isReadOnly(mount: VolumeMount): boolean {
  return mount.readOnly === true;
}

function trimSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
