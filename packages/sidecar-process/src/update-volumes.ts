import {
  InterLinkError,
  type PodReference,
  type ResolvedVolume,
  type Volume,
  writeVolumeFiles,
} from '@interlink/sidecar-sdk';
import { PodFolder, type StopOrder, type StoredPod } from './folder/pod-folder.ts';
import { readJson } from './folder/read-json.ts';

/**
 * Swaps the files of a pod's volumes. What is true of the pod is read from its folder.
 * @throws InterLinkError `not_found`, `invalid_argument` for a volume that is not one of files, `aborted` once the pod is being deleted
 */
export async function updateVolumes(
  podsFolder: string,
  { uid, namespace, name }: PodReference,
  volumes: ReadonlyArray<ResolvedVolume>,
): Promise<void> {
  const folder = new PodFolder(podsFolder, uid);
  const stored = await readJson<StoredPod>(folder.request);
  if (stored === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
  const isLeaving = (await readJson<StopOrder>(folder.stop)) !== undefined;
  if (isLeaving) throw new InterLinkError('aborted', `Pod ${namespace}/${name} is being deleted`);
  const own = new Set((stored.request.pod.spec.volumes ?? []).filter(isFiles).map((volume) => volume.name));
  const unknown = volumes.find((volume) => !own.has(volume.name));
  if (unknown !== undefined) {
    throw new InterLinkError(
      'invalid_argument',
      `Cannot update volume ${JSON.stringify(unknown.name)} of pod ${namespace}/${name}: it has no such volume of files`,
    );
  }
  for (const volume of volumes) await writeVolumeFiles(folder.volume(volume.name), volume.files, undefined);
}

function isFiles({ configMap, secret, downwardAPI, projected }: Volume): boolean {
  return [configMap, secret, downwardAPI, projected].some((source) => source !== undefined);
}
