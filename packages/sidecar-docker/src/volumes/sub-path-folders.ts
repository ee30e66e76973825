import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin, type Pod, partsBelow } from '@interlink/sidecar-sdk';
import { type MountSite, namingVolume } from '../container/mounts.ts';
import { toFsGroup } from '../container/security-context.ts';
import { hasSubPath, subPathParts } from '../container/sub-path.ts';
import { makeFoldersBelow } from './below.ts';
import { findVolumeBase } from './volume-base.ts';

/**
 * Makes the sub-paths that the pod's containers mount and that are not there, with the mode of the volume that they are in
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go `makeMounts`).
 */
export async function makeSubPathFolders(pod: Pod, site: MountSite): Promise<void> {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  for (const mount of containers.flatMap(({ volumeMounts = [] }) => volumeMounts).filter(hasSubPath)) {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (volume === undefined) continue;
    await namingVolume(volume, async () => {
      const base = await findVolumeBase(volume, pod, site);
      if (base.kind === 'engine' || base.isOurs) return;
      const from = await realpath(base.path);
      const folder = await realpath(join(from, ...base.parts));
      const parts = subPathParts(mount);
      const present = await realpath(join(folder, ...parts)).catch(() => undefined);
      // What is there and leads elsewhere is refused where it is mounted.
      if (present !== undefined || base.isReadOnly || !isWithin(from, folder)) return;
      const { mode } = await stat(folder);
      await makeFoldersBelow(from, [...partsBelow(from, folder), ...parts], {
        mode: mode & 0o7777,
        group: toFsGroup(pod.spec),
      });
    });
  }
}
