import { linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBuild } from '../../../scripts/binaries/assets.ts';
import { bundle } from '../../../scripts/binaries/bundle.ts';
import { makeExecutable } from '../../../scripts/binaries/executable.ts';
import { readLockFile } from '../../../scripts/binaries/lock-file.ts';
import { nodeFor } from '../../../scripts/binaries/node-for.ts';
import { binaryNames } from '../../testbed/index.ts';

const root = join(import.meta.dirname, '../../..');

export interface OtherBuild extends Disposable {
  /** With an executable by each of our names. */
  readonly folder: string;
}

/** What `make all` makes of these sources once their `package.json` has another version. */
export async function buildVersion(version: string): Promise<OtherBuild> {
  const directory = mkdtempSync(join(tmpdir(), 'interlink-build-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    const node = join(nodeFor(root, arch, readLockFile(root)).folder, 'bin/node');
    const build = { ...readBuild(root), version };
    const made = { root, bundle: await bundle(root), node, isOwnNode: true, build, directory };
    const executable = makeExecutable(made);
    const folder = join(directory, 'bin');
    mkdirSync(folder);
    for (const name of binaryNames) linkSync(executable, join(folder, name));
    return { folder, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}
