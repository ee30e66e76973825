import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import {
  type AllowedPath,
  findAllowed,
  findForbidden,
  type HostPathPolicy,
  InterLinkError,
  isPlain,
  isWithin,
  partsBelow,
  type Volume,
  withoutSlash,
} from '@interlink/sidecar-sdk';
import { makeFileBelow, makeFoldersBelow } from './below.ts';

/** What a hostPath volume is at this moment. */
export interface HostPlace {
  /** The outermost allowed path that it lies in, without links. */
  readonly base: string;
  /** From there to the place itself; none: it is the allowed path. */
  readonly parts: ReadonlyArray<string>;
  readonly isReadOnly: boolean;
}

/** Each type of https://kubernetes.io/docs/concepts/storage/volumes/#hostpath that is checked, and what the kubelet calls it. */
const checks: Readonly<Record<string, { readonly is: (found: Stats) => boolean; readonly what: string }>> = {
  Directory: { is: (found) => found.isDirectory(), what: 'directory' },
  DirectoryOrCreate: { is: (found) => found.isDirectory(), what: 'directory' },
  File: { is: (found) => found.isFile(), what: 'file' },
  FileOrCreate: { is: (found) => found.isFile(), what: 'file' },
  Socket: { is: (found) => found.isSocket(), what: 'socket file' },
  CharDevice: { is: (found) => found.isCharacterDevice(), what: 'character device' },
  BlockDevice: { is: (found) => found.isBlockDevice(), what: 'block device' },
};

/** Why such a volume can never be had here, whatever is on the disk; undefined: it may. */
export function refuseHostPath({ hostPath }: Volume, { allowed }: HostPathPolicy): string | undefined {
  const { path, type } = hostPath ?? {};
  if (typeof path !== 'string' || !isAbsolute(path) || !isPlain(path)) {
    return `hostPath ${JSON.stringify(path)} is no absolute path without "." and ".."`;
  }
  if (type !== undefined && type !== null && type !== '' && !(String(type) in checks)) {
    return `${JSON.stringify(type)} is not a type of hostPath`;
  }
  if (findAllowed(withoutSlash(path), allowed) !== undefined) return undefined;
  return `hostPath ${path} is in none of the folders that the key Docker.HostPaths of this site allows: ask its administrator to list it there`;
}

/**
 * Finds a hostPath on the disk, through all links; makes it where its type says so and pods may write.
 * @throws InterLinkError `failed_precondition` when it is not there, is something else, or leads out of what is allowed
 */
export async function findHostPath(volume: Volume, policy: HostPathPolicy): Promise<HostPlace> {
  const refusal = refuseHostPath(volume, policy);
  const path = withoutSlash(String(volume.hostPath?.path));
  const entry = findAllowed(path, policy.allowed);
  if (refusal !== undefined || entry === undefined) throw wrong(refusal ?? path);
  const type = String(volume.hostPath?.type ?? '');
  const allowed = await resolveAll(policy.allowed);
  if (type.endsWith('OrCreate') && !(await isThere(path))) await create(path, { type, entry, allowed });
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw wrong(`hostPath ${path} does not exist`);
  const place = findAllowed(real, allowed);
  if (place === undefined) throw wrong(`hostPath ${path} leads out of what the key Docker.HostPaths allows`);
  const opened = findForbidden(place.path, policy);
  if (opened !== undefined) throw wrong(`hostPath ${path} would open ${opened.what}`);
  const check = checks[type];
  if (check !== undefined && !check.is(await lstat(real))) {
    throw wrong(`hostPath type check failed: ${path} is not a ${check.what}`);
  }
  return { ...placeOf(real, allowed), isReadOnly: entry.isReadOnly || place.isReadOnly };
}

/** As {@link findHostPath}, of the paths as they are written, whatever links there are. @param volume that is not refused */
export function writtenHostPath({ hostPath }: Volume, { allowed }: HostPathPolicy): HostPlace {
  const path = withoutSlash(String(hostPath?.path));
  return { ...placeOf(path, allowed), isReadOnly: findAllowed(path, allowed)?.isReadOnly ?? false };
}

/** Of several allowed paths above each other the outermost is the base: whoever can write above the place writes below that one. */
function placeOf(path: string, allowed: ReadonlyArray<AllowedPath>): Pick<HostPlace, 'base' | 'parts'> {
  const [outermost] = allowed
    .filter(({ path: outer }) => isWithin(outer, path))
    .toSorted((a, b) => a.path.length - b.path.length);
  const base = outermost?.path ?? path;
  return { base, parts: partsBelow(base, path) };
}

interface Creation {
  readonly type: string;
  readonly entry: AllowedPath;
  readonly allowed: ReadonlyArray<AllowedPath>;
}

/** As the kubelet: folders with all that lead to them, 0755; a file only into a folder that is there, 0644. */
async function create(path: string, { type, entry, allowed }: Creation): Promise<void> {
  let present = dirname(path);
  while (isWithin(entry.path, present) && !(await isThere(present))) present = dirname(present);
  const real = await realpath(present).catch(() => undefined);
  const place = real === undefined ? undefined : findAllowed(real, allowed);
  if (real === undefined || place === undefined)
    throw wrong(`hostPath ${path} can't be made: ${present} is not allowed`);
  if (entry.isReadOnly || place.isReadOnly)
    throw wrong(`hostPath ${path} does not exist, and pods may only read there`);
  const parts = [...partsBelow(place.path, real), ...partsBelow(present, path)];
  if (type === 'DirectoryOrCreate') await makeFoldersBelow(place.path, parts, { mode: 0o755 });
  else await makeFileBelow(place.path, parts, 0o644);
}

/** Those of the allowed paths that are there, without links. */
async function resolveAll(allowed: ReadonlyArray<AllowedPath>): Promise<AllowedPath[]> {
  const found = await Promise.all(
    allowed.map(async (entry) => ({ ...entry, path: await realpath(entry.path).catch(() => undefined) })),
  );
  return found.flatMap(({ path, isReadOnly }) => (path === undefined ? [] : [{ path, isReadOnly }]));
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

function wrong(why: string): InterLinkError {
  return new InterLinkError('failed_precondition', why, { reason: 'FailedMount' });
}
