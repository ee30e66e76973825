import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { giveTo, isFiles, isMemory, type PodRequest, volumeTypeOf, writeVolumeFiles } from '@interlink/sidecar-sdk';
import { type MountSite, namingVolume } from '../container/mounts.ts';
import { toFsGroup } from '../container/security-context.ts';
import { makeSubPathFolders } from './sub-path-folders.ts';
import { findVolumeBase } from './volume-base.ts';
import { podFolder, volumeFolder } from './volume-paths.ts';
import { writeVolumeRecord } from './volume-record.ts';

/**
 * Writes a pod's volumes under its folder, and then a record of them. Called again it brings files up to date and leaves emptyDirs
 * as they are.
 */
export async function writeVolumes({ pod, volumes }: PodRequest, site: MountSite): Promise<void> {
  const { root } = site;
  const { uid } = pod.metadata;
  const group = toFsGroup(pod.spec);
  await mkdir(podFolder(root, uid), { recursive: true, mode: 0o700 });
  for (const volume of pod.spec.volumes ?? []) {
    await namingVolume(volume, async () => {
      if (isFiles(volume)) {
        const { files = [] } = volumes.find(({ name }) => name === volume.name) ?? {};
        await writeVolumeFiles(await makeParent(volumeFolder(root, uid, volume.name)), files, group);
      } else if (volumeTypeOf(volume) !== 'emptyDir') await findVolumeBase(volume, pod, site);
      else if (!isMemory(volume))
        await makeWritableFolder(await makeParent(volumeFolder(root, uid, volume.name)), group);
    });
  }
  await makeSubPathFolders(pod, site);
  await writeVolumeRecord(root, pod);
}

/** Removes all that was written for a pod. */
export async function removePodFolder(root: string, uid: string): Promise<void> {
  await rm(podFolder(root, uid), { recursive: true, force: true, maxRetries: 3 });
}

async function makeParent(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
  return folder;
}

/** 0777 whatever the umask, as an emptyDir on a node. */
async function makeWritableFolder(folder: string, group: number | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  await giveTo(folder, group);
  await chmod(folder, group === undefined ? 0o777 : 0o2777);
}
