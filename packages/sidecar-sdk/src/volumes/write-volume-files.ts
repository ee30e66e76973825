import { randomInt } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InterLinkError, type VolumeFile } from '@interlink/protocol';
import { type AtomicLayout, dataLink, layOut } from './atomic-layout.ts';
import { pathBelow } from './path-below.ts';

/**
 * Makes a folder hold exactly these files, all of them at once: who reads `..data/…`, or the links beside it, sees the old files
 * or the new ones. Files that are there already are left alone. Whatever was cut off before is cleared away by the next change.
 * One call at a time per folder.
 * @param group of an fsGroup, whose members can read every file; undefined: none
 * @throws InterLinkError `failed_precondition` for a path that leads out of the folder, before anything is written
 */
export async function writeVolumeFiles(
  folder: string,
  files: ReadonlyArray<VolumeFile>,
  group: number | undefined,
): Promise<void> {
  const salt = String(randomInt(1e9)).padStart(9, '0');
  const layout = layOut(files, { at: Date.now(), salt, hasGroup: group !== undefined });
  for (const { path } of layout.files) assertFilePath(folder, path);
  if (await holds(folder, layout)) return;
  await makeReadableFolder(folder, group);
  await writeFresh(folder, layout, group);
  for (const name of layout.links) await ensureLink(join(folder, name), join(dataLink, name));
  await removeOthers(folder, new Set([layout.folder, dataLink, ...layout.links]));
}

/** Writes them beside the old ones, and shows them. What can't be written whole, on a full disk say, takes no room either. */
async function writeFresh(folder: string, layout: AtomicLayout, group: number | undefined): Promise<void> {
  const fresh = join(folder, layout.folder);
  try {
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
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

/** Names that begin with `..` are the writer's own at the volume's top. */
function assertFilePath(folder: string, path: string): void {
  pathBelow(folder, path);
  if (!path.startsWith('..')) return;
  const message = `${JSON.stringify(path)} can't be a file in a volume: its name begins with ".."`;
  throw new InterLinkError('failed_precondition', message);
}

/** Whether the folder holds just these files, with these modes. */
async function holds(folder: string, { files, links }: AtomicLayout): Promise<boolean> {
  const present = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const shown = present.filter(({ name }) => !name.startsWith('..')).map(({ name }) => name);
  if (shown.toSorted().join('\0') !== links.toSorted().join('\0')) return false;
  const target = await readlink(join(folder, dataLink)).catch(() => undefined);
  if (target === undefined) return false;
  const current = join(folder, target);
  const entries = await readdir(current, { withFileTypes: true, recursive: true }).catch(() => []);
  if (entries.filter((entry) => !entry.isDirectory()).length !== files.length) return false;
  for (const { path, mode, content } of files) {
    const found = await lstat(join(current, path)).catch(() => undefined);
    if (found === undefined || (found.mode & 0o777) !== mode || found.size !== content.length) return false;
    if (!(await readFile(join(current, path))).equals(content)) return false;
  }
  return true;
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

/** Gives a file or folder to a group. Only root and its members may; an account that may not leaves the group as it is. */
export async function giveTo(path: string, group: number | undefined): Promise<void> {
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
