import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Owner, type PodRequest, writeVolumeFiles } from '@interlink/sidecar-sdk';
import { writeWhole } from '../runner/whole-file.ts';
import { PodFolder, type StoredPod } from './pod-folder.ts';

/**
 * Makes a pod's folder: the request, the volumes' files with their exact modes, scratch space. It is written beside and gets
 * its name at the end, so that a pod is there whole or not at all. A folder that is there already stays as it is.
 */
export async function writePod(
  podsFolder: string,
  request: PodRequest,
  owner: Owner,
  acceptedAt: string,
): Promise<void> {
  const { uid } = request.pod.metadata;
  const draft = join(podsFolder, `.new-${uid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(draft, { mode: 0o700 });
    for (const name of ['scratch', 'tmp', 'containers', 'volumes']) await mkdir(join(draft, name), { mode: 0o700 });
    await writeVolumes(join(draft, 'volumes'), request);
    // Nothing is pulled here: credentials of registries are not kept.
    const { registryCredentials: _unused, ...kept } = request;
    const stored: StoredPod = { owner, request: kept, acceptedAt };
    writeWhole(join(draft, 'request.json'), stored);
    await rename(draft, new PodFolder(podsFolder, uid).path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
  }
}

/** Folders first (an emptyDir has no files), then files. The schema of a request has checked every name and path. */
async function writeVolumes(volumesFolder: string, request: PodRequest): Promise<void> {
  for (const { name } of request.pod.spec.volumes ?? []) await mkdir(join(volumesFolder, name), { mode: 0o700 });
  // An fsGroup changes nothing: a pod's processes and its files are the same account's.
  for (const { name, files } of request.volumes) await writeVolumeFiles(join(volumesFolder, name), files, undefined);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
