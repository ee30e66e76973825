import { randomInt } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PodRequest } from '@interlink/sidecar-sdk';
import { subPathFolders } from '../container/mounts.ts';
import { toFsGroup } from '../container/security-context.ts';
import { isMemory, volumeTypeOf } from '../container/volume-type.ts';
import { dataLink, layOut } from './atomic-layout.ts';
import { pathBelow, podFolder, volumeFolder } from './volume-paths.ts';

/** Writes a pod's volumes under its folder. Called again it brings files up to date and leaves emptyDirs as they are. */
export async function writeVolumes({ pod, volumes }: PodRequest, root: string): Promise<void> {
  const { uid } = pod.metadata;
  const group = toFsGroup(pod.spec);
  await mkdir(podFolder(root, uid), { recursive: true, mode: 0o700 });
  for (const volume of pod.spec.volumes ?? []) {
    const folder = volumeFolder(root, uid, volume.name);
    if (isMemory(volume)) continue;
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
    if (volumeTypeOf(volume) === 'emptyDir') await makeWritableFolder(folder, group);
    else await writeFiles(folder, volumes.find(({ name }) => name === volume.name)?.files ?? [], group);
  }
  for (const folder of subPathFolders(pod.spec, { root, uid })) await makeWritableFolder(folder, group);
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

async function writeFiles(
  folder: string,
  files: PodRequest['volumes'][number]['files'],
  group: number | undefined,
): Promise<void> {
  const salt = String(randomInt(1e9)).padStart(9, '0');
  const layout = layOut(files, { at: Date.now(), salt, hasGroup: group !== undefined });
  await makeReadableFolder(folder, group);
  const fresh = join(folder, layout.folder);
  await makeReadableFolder(fresh, group);
  for (const { path, mode, content } of layout.files) {
    const file = pathBelow(fresh, path);
    await makeReadableFolders(fresh, dirname(path), group);
    await writeFile(file, content, { mode: 0o600 });
    await giveTo(file, group);
    await chmod(file, mode);
  }
  const draft = join(folder, '..data_tmp');
  await rm(draft, { force: true });
  await symlink(layout.folder, draft);
  await rename(draft, join(folder, dataLink));
  for (const name of layout.links) await ensureLink(join(folder, name), join(dataLink, name));
  await removeOthers(folder, new Set([layout.folder, dataLink, ...layout.links]));
}

async function makeReadableFolders(top: string, path: string, group: number | undefined): Promise<void> {
  let folder = top;
  for (const part of path === '.' ? [] : path.split('/')) {
    folder = join(folder, part);
    await makeReadableFolder(folder, group);
  }
}

async function makeReadableFolder(folder: string, group: number | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  await giveTo(folder, group);
  await chmod(folder, group === undefined ? 0o755 : 0o2755);
}

/** Only root and members of a group may give files to it; an account that may not leaves the group as it is. */
async function giveTo(path: string, group: number | undefined): Promise<void> {
  if (group === undefined) return;
  try {
    await chown(path, -1, group);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  }
}

async function ensureLink(path: string, target: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) await symlink(target, path);
}

/** Files of an earlier write. */
async function removeOthers(folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!keep.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
