import { posix } from 'node:path';
import { Unresolvable } from './resolve-error.ts';

/** Of Linux, as the kubelet enforces them. */
const MAX_PATH_LENGTH = 4096;
const MAX_FILE_NAME_LENGTH = 255;

/**
 * A path inside a volume, in its shortest form. The kubelet's rules (its atomic writer's): relative, no `..`, no first part that
 * starts with `..`, since those names are the writer's own.
 * @throws Unresolvable
 */
export function cleanVolumePath(path: string): string {
  if (path === '' || path.includes('\0'))
    throw new Unresolvable(`invalid path: must not be empty: ${JSON.stringify(path)}`);
  if (path.startsWith('/')) throw new Unresolvable(`invalid path: must be relative path: ${path}`);
  if (path.length > MAX_PATH_LENGTH)
    throw new Unresolvable(`invalid path: must be less than or equal to ${MAX_PATH_LENGTH} characters`);
  const parts = path.split('/');
  if (parts.includes('..')) throw new Unresolvable(`file name must not contain '..': ${path}`);
  if (parts.some((part) => part.length > MAX_FILE_NAME_LENGTH)) {
    throw new Unresolvable(`invalid path: filename must be less than or equal to ${MAX_FILE_NAME_LENGTH} characters`);
  }
  const clean = posix.normalize(path).replace(/\/$/, '');
  if (clean === '.') throw new Unresolvable(`invalid path: must name a file: ${path}`);
  if (clean.startsWith('..')) throw new Unresolvable(`file name must not start with '..': ${path}`);
  return clean;
}

/**
 * One file per path: of two with the same path the later one stays.
 * @throws Unresolvable when a path is bad, or is a file for one and a directory for another
 */
export function mergeByPath<F extends { path: string }>(files: readonly F[]): F[] {
  const byPath = new Map<string, F>();
  for (const file of files) {
    const path = cleanVolumePath(file.path);
    byPath.set(path, { ...file, path });
  }
  for (const path of byPath.keys()) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      if (byPath.has(directory)) {
        throw new Unresolvable(`conflicting paths: ${directory} is a file, and the directory of ${path}`);
      }
    }
  }
  return [...byPath.values()];
}
