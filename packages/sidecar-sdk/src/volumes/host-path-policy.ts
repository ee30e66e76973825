import { realpathSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import { isWithin } from './paths-within.ts';

/** One path that pods may mount by hostPath, with what is below it. */
export interface AllowedPath {
  readonly path: string;
  /** Pods never write there, whatever they ask for. */
  readonly isReadOnly: boolean;
}

/** What no pod may reach, whatever is allowed: who has it has the whole machine, or all other pods. */
export interface ForbiddenPath {
  readonly path: string;
  /** `the engine's socket` */
  readonly what: string;
}

export interface HostPathPolicy {
  readonly allowed: ReadonlyArray<AllowedPath>;
  readonly forbidden: ReadonlyArray<ForbiddenPath>;
}

/**
 * Reads a key such as Docker.HostPaths: absolute paths, with `:ro` behind those where pods may only read.
 * @param key its name, for messages
 * @throws InterLinkError `invalid_argument` for what is no path, and for one that would open what is forbidden
 */
export function parseHostPaths(
  key: string,
  list: ReadonlyArray<unknown> | undefined,
  forbidden: ReadonlyArray<ForbiddenPath>,
): HostPathPolicy {
  const allowed = (list ?? []).map((entry, index): AllowedPath => {
    const [, path = '', suffix] = /^(.*?)(:ro)?$/s.exec(typeof entry === 'string' ? entry : '') ?? [];
    if (!isAbsolute(path) || !isPlain(path)) {
      throw new InterLinkError(
        'invalid_argument',
        `${key}[${index}] is ${JSON.stringify(entry)}: an absolute path is wanted, without "." and "..", and with ":ro" behind it where pods may only read`,
      );
    }
    return { path: withoutSlash(path), isReadOnly: suffix !== undefined };
  });
  const policy = { allowed, forbidden };
  for (const { path } of allowed) {
    const opened = findForbidden(resolveIfThere(path), policy);
    if (opened === undefined) continue;
    throw new InterLinkError(
      'invalid_argument',
      `${key} has ${JSON.stringify(path)}: it would open ${opened.what} (${opened.path}) to pods`,
    );
  }
  return policy;
}

/** The entry that a path falls under, the longest of several; undefined: none. @param path absolute */
export function findAllowed(path: string, allowed: ReadonlyArray<AllowedPath>): AllowedPath | undefined {
  return allowed.filter((entry) => isWithin(entry.path, path)).toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** What a mount of the path would open that no pod may have. @param path without links */
export function findForbidden(path: string, { forbidden }: HostPathPolicy): ForbiddenPath | undefined {
  return forbidden.find((one) => {
    const place = resolveIfThere(one.path);
    return isWithin(path, place) || isWithin(place, path);
  });
}

/** An absolute path without empty parts, `.`, `..` and NUL; a slash at its end does no harm. */
export function isPlain(path: string): boolean {
  return !path.includes('\0') && normalize(path) === path && !path.split('/').includes('..');
}

export function withoutSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/$/, '');
}

function resolveIfThere(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
