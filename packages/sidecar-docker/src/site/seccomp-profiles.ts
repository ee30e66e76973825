import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';

/**
 * Reads the administrator's profiles (https://docs.docker.com/engine/security/seccomp/), by their paths below the folder: a pod can
 * only ever name one that is here.
 * @throws InterLinkError `invalid_argument` for a folder that can't be read, or a file that is no JSON
 */
export async function loadSeccompProfiles(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(await Promise.all(paths.map(async (path) => [relative(folder, path), await read(path)] as const)));
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('invalid_argument', `Cannot use ${folder} as Docker.SeccompProfiles: ${message}`);
  }
}

/** Without blanks: the engine keeps it with each container. */
async function read(path: string): Promise<string> {
  try {
    return JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new InterLinkError('invalid_argument', `${path}: ${InterLinkError.from(error).message}`);
  }
}
