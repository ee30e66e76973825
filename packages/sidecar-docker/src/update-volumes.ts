import { InterLinkError, type PodReference, type ResolvedVolume, writeVolumeFiles } from '@interlink/sidecar-sdk';
import type { PodWorks } from './pods/pod-works.ts';
import { volumeFolder } from './volumes/volume-paths.ts';
import { readVolumeRecord } from './volumes/volume-record.ts';

export interface UpdateVolumesOptions {
  readonly works: PodWorks;
  readonly root: string;
}

/**
 * Swaps the files of a pod's volumes, which its containers have mounted; a container that mounts a single file by subPath keeps
 * the old one, as on any node.
 * @throws InterLinkError `invalid_argument` for a volume that is not one of files, `unavailable` while the pod is being created,
 * `aborted` while it is being deleted
 */
export async function updateVolumes(
  { uid, namespace, name }: PodReference,
  volumes: ReadonlyArray<ResolvedVolume>,
  { works, root }: UpdateVolumesOptions,
): Promise<void> {
  const { isLeaving, areVolumesDue } = works.find(uid) ?? { isLeaving: false, areVolumesDue: false };
  if (isLeaving) throw new InterLinkError('aborted', `Pod ${namespace}/${name} is being deleted`);
  const record = await readVolumeRecord(root, uid);
  if (record === undefined || areVolumesDue) {
    throw new InterLinkError('unavailable', `The volumes of pod ${namespace}/${name} have not been written yet`);
  }
  const unknown = volumes.find((volume) => !record.volumes.includes(volume.name));
  if (unknown !== undefined) {
    throw new InterLinkError(
      'invalid_argument',
      `Cannot update volume ${JSON.stringify(unknown.name)} of pod ${namespace}/${name}: it has no such volume of files`,
    );
  }
  for (const volume of volumes) {
    await writeVolumeFiles(volumeFolder(root, uid, volume.name), volume.files, record.fsGroup);
  }
}
