import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { podFolder } from '../volumes/volume-paths.ts';
import { removePodFolder } from '../volumes/write-volumes.ts';
import { type HostsFile, renderHostsFile } from './hosts-file.ts';
import { type ResolvConf, renderResolvConf } from './resolv-conf.ts';

/** The files of /etc that a pod's containers share, in the pod's own folder; the sandbox mounts them. */
export interface EtcFiles {
  readonly hosts: HostsFile;
  /** Undefined: the engine's. */
  readonly resolvConf: ResolvConf | undefined;
}

/** Where they are on the host. */
export function etcPaths(root: string, uid: string) {
  const folder = join(podFolder(root, uid), 'etc');
  return {
    folder,
    hosts: join(folder, 'hosts'),
    resolvConf: join(folder, 'resolv.conf'),
    /** What `hosts` is made from, and the address that it was last given. Containers can write `hosts` itself, never these. */
    source: join(folder, 'hosts.json'),
    address: join(folder, 'address'),
  };
}

/**
 * Writes what is not there yet, and leaves what is: a request that names another owner's pod must not change its files before
 * the engine has said whose pod it is. Where it can't be written, nothing of it is left.
 * @returns whether the pod had no folder before
 */
export async function writeEtc(root: string, uid: string, etc: EtcFiles): Promise<boolean> {
  const isNew = (await mkdir(podFolder(root, uid), { recursive: true, mode: 0o700 })) !== undefined;
  try {
    await writeFiles(root, uid, etc);
  } catch (error) {
    if (isNew) await removePodFolder(root, uid);
    throw error;
  }
  return isNew;
}

async function writeFiles(root: string, uid: string, { hosts, resolvConf }: EtcFiles): Promise<void> {
  const paths = etcPaths(root, uid);
  await mkdir(paths.folder, { recursive: true, mode: 0o755 });
  await writeOnce(paths.source, JSON.stringify(hosts), 0o600);
  await writeOnce(paths.hosts, renderHostsFile(hosts, undefined), 0o644);
  if (resolvConf !== undefined) await writeOnce(paths.resolvConf, renderResolvConf(resolvConf), 0o644);
}

/**
 * Puts the pod's address into its /etc/hosts, after each start of its sandbox; the file stays the same one, or containers would not
 * see it. Pods without one (created by an earlier release) are left as they are.
 */
export async function writePodAddress(root: string, uid: string, ip: string): Promise<void> {
  const paths = etcPaths(root, uid);
  const source = await readOrUndefined(paths.source);
  if (source === undefined) return;
  if ((await readOrUndefined(paths.address)) === ip) return;
  await overwrite(paths.hosts, renderHostsFile(JSON.parse(source) as HostsFile, ip));
  await writeFile(paths.address, ip, { mode: 0o600 });
}

/** In the room that the file has, without emptying it first: a full disk must not leave containers without their names. */
async function overwrite(path: string, text: string): Promise<void> {
  await using file = await open(path, 'r+');
  const bytes = Buffer.from(text);
  await file.write(bytes, 0, bytes.length, 0);
  await file.truncate(bytes.length);
}

/** Whole or not at all, also when this process is killed. */
async function writeOnce(path: string, text: string, mode: number): Promise<void> {
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, text, { mode });
    await chmod(own, mode);
    await link(own, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
