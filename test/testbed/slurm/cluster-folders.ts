import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterAccounts } from './cluster-members.ts';

/** Folders of this machine that a cluster's containers share. */
export interface ClusterFolders {
  /** /etc/slurm, which nobody writes. */
  readonly etc: string;
  readonly shared: string;
  readonly home: string;
}

/** Makes the folders, with one for each account in /shared and /home that only it can see. */
export async function createClusterFolders(directory: string): Promise<ClusterFolders> {
  const folders = { etc: join(directory, 'etc'), shared: join(directory, 'shared'), home: join(directory, 'home') };
  for (const path of Object.values(folders)) await makeFolder(path, 0o755);
  for (const parent of [folders.shared, folders.home]) {
    for (const { name, uid, gid } of Object.values(clusterAccounts)) {
      await makeFolder(join(parent, name), 0o700);
      await chown(join(parent, name), uid, gid);
    }
  }
  return folders;
}

/** Makes a folder with that mode, whatever the umask. */
async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, mode);
}

/** Writes what `/etc/slurm` has to have: keys are for root only, the rest for all. */
export async function writeClusterFiles(
  { etc }: ClusterFolders,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(etc, name), content, { mode: 0o400 });
    if (!name.endsWith('.key')) await chmod(join(etc, name), 0o644);
  }
}
