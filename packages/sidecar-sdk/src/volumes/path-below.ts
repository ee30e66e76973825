import { join } from 'node:path';
import { InterLinkError } from '@interlink/protocol';

/**
 * A path below a folder. What comes from outside never leads out of it: no empty part, no `.` and no `..`.
 * @throws InterLinkError `failed_precondition`
 */
export function pathBelow(folder: string, path: string): string {
  const parts = path.split('/');
  if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new InterLinkError(
      'failed_precondition',
      `${JSON.stringify(path)} is not a path inside a volume: a relative path without "." and ".." is wanted`,
    );
  }
  return join(folder, ...parts);
}
