import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { giveTo, type PodRequest, writeVolumeFiles } from '@interlink/sidecar-sdk';
import { subPathFolders } from '../container/mounts.ts';
import { toFsGroup } from '../container/security-context.ts';
import { isMemory, volumeTypeOf } from '../container/volume-type.ts';
import { podFolder, volumeFolder } from './volume-paths.ts';
import { writeVolumeRecord } from './volume-record.ts';

/**
 * Writes a pod's volumes under its folder, and then a record of them. Called again it brings files up to date and leaves emptyDirs
 * as they are.
 */
export async function writeVolumes({ pod, volumes }: PodRequest, root: string): Promise<void> {
  const { uid } = pod.metadata;
  const group = toFsGroup(pod.spec);
  await mkdir(podFolder(root, uid), { recursive: true, mode: 0o700 });
  for (const volume of pod.spec.volumes ?? []) {
    const folder = volumeFolder(root, uid, volume.name);
    if (isMemory(volume)) continue;
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
    if (volumeTypeOf(volume) === 'emptyDir') await makeWritableFolder(folder, group);
    else await writeVolumeFiles(folder, volumes.find(({ name }) => name === volume.name)?.files ?? [], group);
  }
  for (const folder of subPathFolders(pod.spec, { root, uid })) await makeWritableFolder(folder, group);
  await writeVolumeRecord(root, pod);
}

/** Removes all that was written for a pod. */
export async function removePodFolder(root: string, uid: string): Promise<void> {
  await rm(podFolder(root, uid), { recursive: true, force: true, maxRetries: 3 });
}

/** 0777 whatever the umask, as an emptyDir on a node. */
async function makeWritableFolder(folder: string, group: number | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  await giveTo(folder, group);
  await chmod(folder, group === undefined ? 0o777 : 0o2777);
}
