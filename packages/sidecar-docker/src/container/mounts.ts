import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Container,
  InterLinkError,
  isWithin,
  type Pod,
  pathBelow,
  type Volume,
  type VolumeMount,
} from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { findVolumeBase, type VolumeBase, type VolumePolicy } from '../volumes/volume-base.ts';
import { bind, engineMount, type MountSource, volumeOver } from './mount-settings.ts';
import { subPathParts } from './sub-path.ts';

/** Where volumes are, and what the engine can do about them. */
export interface MountSite extends VolumePolicy {
  /** DataRootFolder, the same path for the engine. */
  readonly root: string;
  /** The engine itself keeps sub-paths of its volumes inside them. */
  readonly hasSafeSubPaths: boolean;
}

/** One mount for the engine. */
export interface ContainerMount {
  readonly settings: Docker.MountSettings;
  /** The engine goes by its path at each start: nobody may write above it meanwhile. */
  readonly isGuarded: boolean;
}

/**
 * The container's mounts as the engine's, of what is on the disk right now.
 * @throws InterLinkError `failed_precondition` that names the volume
 */
export async function toMounts(container: Container, pod: Pod, site: MountSite): Promise<ContainerMount[]> {
  return await Promise.all(
    (container.volumeMounts ?? []).map(async (mount) => {
      const volume = pod.spec.volumes?.find((candidate) => candidate.name === mount.name);
      if (volume === undefined) {
        throw new InterLinkError(
          'failed_precondition',
          `The pod does not declare volume ${JSON.stringify(mount.name)}`,
        );
      }
      return await namingVolume(volume, async () => {
        const base = await findVolumeBase(volume, pod, site);
        const target = { Target: mount.mountPath, ReadOnly: mount.readOnly === true || base.isReadOnly };
        if (base.kind === 'engine' && (mount.mountPropagation ?? 'None') !== 'None') {
          throw new InterLinkError('failed_precondition', 'mountPropagation is to be had only of folders of the host');
        }
        if (base.kind === 'engine') return { settings: { ...engineMount(base, mount), ...target }, isGuarded: false };
        const { settings, isGuarded } = await folderMount(base, { mount, uid: pod.metadata.uid, site });
        return { settings: { ...settings, ...target }, isGuarded };
      });
    }),
  );
}

/** Adds the volume's name to whatever goes wrong with it, as the kubelet does. */
export async function namingVolume<T>({ name }: Volume, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code, message, reason } = InterLinkError.from(thrown);
    throw new InterLinkError(code, `volume ${JSON.stringify(name)} : ${message}`, { reason, cause: thrown });
  }
}

interface FolderMountContext {
  readonly mount: VolumeMount;
  readonly uid: string;
  readonly site: MountSite;
}

async function folderMount(
  base: VolumeBase & { kind: 'folder' },
  { mount, uid, site }: FolderMountContext,
): Promise<{ settings: MountSource; isGuarded: boolean }> {
  const parts = [...base.parts, ...subPathParts(mount)];
  if (base.isOurs)
    return {
      settings: bind(parts.length === 0 ? base.path : pathBelow(base.path, parts.join('/')), mount),
      isGuarded: false,
    };
  const { mountPropagation = 'None' } = mount;
  if (parts.length > 0 && mountPropagation !== 'None') {
    const message = `mountPropagation ${mountPropagation} is to be had only of what Docker.HostPaths lists itself, not of what is below it`;
    throw new InterLinkError('failed_precondition', message);
  }
  if (parts.length > 0 && site.hasSafeSubPaths) {
    return { settings: volumeOver(base.path, { parts, uid, volume: mount.name }), isGuarded: false };
  }
  const folder = await realpath(base.path);
  const real = await realpath(join(base.path, ...parts));
  if (!isWithin(folder, real)) {
    throw new InterLinkError('failed_precondition', `${parts.join('/')} leads out of the volume`);
  }
  return { settings: bind(real, mount), isGuarded: !isWithin(await realpath(site.root), real) || parts.length > 0 };
}
