import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LockFile } from './lock-file.ts';

export type Architecture = 'x64' | 'arm64';

/** A Node for Linux, as npm has it. */
export interface NodePackage {
  /** With `bin/node` and LICENSE. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** As the lock file has it. */
  readonly integrity: string;
}

const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'interlink-build');

/**
 * The Node that our lock file pins for an architecture: installed here when it is this machine's own, else brought by npm once.
 * @throws Error when what came is not what the lock file says
 */
export function nodeFor(root: string, architecture: Architecture, lock: LockFile): NodePackage {
  const name = `node-linux-${architecture}`;
  const { version = '', integrity = '' } = lock.packages[`node_modules/${name}`] ?? {};
  const installed = join(root, 'node_modules', name);
  const fetched = join(cacheFolder, `${name}-${version}`);
  const folder = existsSync(installed) ? installed : fetched;
  if (!existsSync(folder)) fetch(`${name}@${version}`, integrity, fetched);
  return { folder, name, version, integrity };
}

/** Into a folder beside the wanted one, renamed at the end: what has the name is whole. */
function fetch(wanted: string, integrity: string, folder: string): void {
  mkdirSync(cacheFolder, { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    execFileSync('npm', ['pack', wanted, '--pack-destination', draft, '--silent'], { cwd: draft, stdio: 'pipe' });
    const archive = join(draft, `${wanted.replace('@', '-')}.tgz`);
    const [algorithm = ''] = integrity.split('-');
    const found = `${algorithm}-${createHash(algorithm).update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) throw new Error(`${wanted} from npm is ${found}, but package-lock.json has ${integrity}`);
    execFileSync('tar', ['-xzf', archive, '-C', draft]);
    renameSync(join(draft, 'package'), folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
