import { createHash, createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Login } from '@interlink/sidecar-sdk';

/** Who may have an image of the cache, one of a repository: whoever has shown this login, or anybody. */
export type AccessKey = string;
export const anybody: AccessKey = 'anybody';

/**
 * The folder of converted images that all jobs share, as the sidecar sees it. Jobs fill it (`script/lib/images.sh`):
 *
 *   <key>.<machine>.<form>/image   the image; `machine` is what `uname -m` says, `form` whose files these are: sif, sqsh
 *   <key>.<machine>.<form>/access  lines `<repository> <access key>`: who has shown that the registry gives the image to him
 *   <key>.<machine>.<form>/used    touched at each use
 *   <key>.<machine>.<form>.lock/   somebody is making the folder of that name
 *   .new-…/                        a folder before it has its name
 *   tags/<hash>                    what a tag meant when the registry was asked last
 *   salt                           of the hashes of logins
 *
 * An image that came by a login is not handed to pods without it, as of Kubernetes' KEP-2535: no file says more of a login than a hash.
 * @see https://kubernetes.io/docs/concepts/containers/images/#ensureimagepullcredentialverification
 */
export class ImageCache {
  readonly folder: string;
  #salt: Promise<Buffer> | undefined;

  /** @param root DataRootFolder; no pod's folder begins with a dot */
  constructor(root: string) {
    this.folder = join(root, '.images');
  }

  /** The access key of who shows this login, or none. */
  async accessKeyOf(login: Login | undefined): Promise<AccessKey> {
    if (login === undefined) return anybody;
    this.#salt ??= readOrMakeSalt(this.folder);
    const { username = '', password = '', identityToken = '' } = login;
    const text = JSON.stringify([username, password, identityToken]);
    return createHmac('sha256', await this.#salt)
      .update(text)
      .digest('hex');
  }

  /** Whether a pod with these access keys may have the image, for whatever machine, without the registry being asked. */
  async isOpenTo(key: string, repository: string, accessKeys: ReadonlyArray<AccessKey>): Promise<boolean> {
    const names = (await listNames(this.folder)).filter(
      (name) => name.startsWith(`${key}.`) && !name.endsWith('.lock'),
    );
    const wanted = new Set([anybody, ...accessKeys].map((accessKey) => `${repository} ${accessKey}`));
    for (const name of names) {
      const lines = (await readText(join(this.folder, name, 'access')))?.split('\n') ?? [];
      if (lines.some((line) => wanted.has(line))) return true;
    }
    return false;
  }

  /** The digest that a tag was last known to mean. @param name `reg.example.org/a:1` */
  async digestOf(name: string): Promise<string | undefined> {
    const text = await readText(this.#tagPath(name));
    return text !== undefined && /^sha256:[0-9a-f]{64}$/.test(text) ? text : undefined;
  }

  async noteDigest(name: string, digest: string): Promise<void> {
    const path = this.#tagPath(name);
    await mkdir(join(this.folder, 'tags'), { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, digest, { mode: 0o600 });
    await rename(draft, path);
  }

  #tagPath(name: string): string {
    return join(this.folder, 'tags', hashText(name));
  }
}

/** The cache's key of what has no digest. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readOrMakeSalt(folder: string): Promise<Buffer> {
  const path = join(folder, 'salt');
  const present = await readText(path);
  if (present !== undefined) return Buffer.from(present, 'hex');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, randomBytes(32).toString('hex'), { mode: 0o600 });
  // Somebody else's that came first is as good.
  await link(draft, path).catch(unlessThere);
  await rm(draft);
  return Buffer.from(await readFile(path, 'utf8'), 'hex');
}

/** Undefined when there is no such file. */
async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(undefinedWhenMissing);
}

async function listNames(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(undefinedWhenMissing)) ?? [];
}

function undefinedWhenMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function unlessThere(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
