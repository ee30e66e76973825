import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of `package-lock.json` is read: packages by their folder below the root. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  /** `sha512-` and the hash in base64. */
  readonly integrity?: string;
  /** An SPDX identifier or expression. */
  readonly license?: string;
}

export function readLockFile(root: string): LockFile {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
}
