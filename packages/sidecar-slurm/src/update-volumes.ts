import { InterLinkError, type ResolvedVolume, type Volume, writeVolumeFiles } from '@interlink/sidecar-sdk';
import type { PodEntry } from './pods/pod-entry.ts';

/**
 * Swaps the files of a pod's volumes: its containers see them where compute nodes see this folder.
 * @throws InterLinkError `invalid_argument` for a volume that is not one of files, `aborted` once the pod is being deleted
 */
export async function updateVolumes(
  { stored, folder, deletion }: PodEntry,
  volumes: ReadonlyArray<ResolvedVolume>,
): Promise<void> {
  const { namespace, name } = stored.pod.metadata;
  if (deletion !== undefined) throw new InterLinkError('aborted', `Pod ${namespace}/${name} is being deleted`);
  const own = new Set((stored.pod.spec.volumes ?? []).filter(isFiles).map((volume) => volume.name));
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
