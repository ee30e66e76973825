import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Owner, PodRequest } from '@interlink/sidecar-sdk';
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
    const stored: StoredPod = { owner, request, acceptedAt };
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
  for (const { name, files } of request.volumes) {
    // Sources of a projected volume may overlap: the last one wins.
    for (const file of new Map(files.map((each) => [each.path, each])).values()) {
      const path = join(volumesFolder, name, file.path);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(path, Buffer.from(file.data, 'base64'), { mode: 0o600, flag: 'wx' });
      // The mode of a new file is cut by the umask.
      await chmod(path, file.mode);
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
