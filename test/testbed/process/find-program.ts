import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where servers live on Linux, also when the account's PATH does not say so. */
const SERVER_DIRECTORIES = ['/usr/sbin', '/sbin', '/usr/libexec/docker'];

/** PATH with the folders of servers added. */
export function toServerPath(path: string): string {
  const directories = path.split(delimiter).filter((directory) => directory !== '');
  return [...new Set([...directories, ...SERVER_DIRECTORIES])].join(delimiter);
}

/** The absolute path of a program, or `undefined` when the machine has none of that name. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of toServerPath(process.env.PATH ?? '').split(delimiter)) {
    const file = join(directory, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}
