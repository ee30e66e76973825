import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBuild } from './binaries/assets.ts';
import { bundle } from './binaries/bundle.ts';
import { makeExecutable } from './binaries/executable.ts';
import { renderLicenses } from './binaries/licenses.ts';
import { readLockFile } from './binaries/lock-file.ts';
import { type Architecture, nodeFor } from './binaries/node-for.ts';
import { renderSbom } from './binaries/sbom.ts';

// `node scripts/build-binaries.ts NAME... [--arch arm64] [--output FOLDER]`: one executable for Linux, by the names of its commands.
const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: { arch: { type: 'string', default: process.arch }, output: { type: 'string' } },
});
const root = join(import.meta.dirname, '..');
const { arch } = values;
if (!isArchitecture(arch)) throw new Error(`--arch is ${JSON.stringify(arch)}: x64 or arm64 is wanted`);
const isOwnNode = process.platform === 'linux' && arch === process.arch;
const output = values.output ?? join(root, isOwnNode ? 'bin' : `bin/linux-${arch}`);

mkdirSync(output, { recursive: true });
const directory = mkdtempSync(join(output, '.build-'));
try {
  const lock = readLockFile(root);
  const node = nodeFor(root, arch, lock);
  const build = readBuild(root);
  const made = await bundle(root);
  const nodeFile = join(node.folder, 'bin/node');
  const executable = makeExecutable({ root, bundle: made, node: nodeFile, isOwnNode, build, directory });
  for (const name of names) {
    // Renamed into place: what runs by that name goes on with the file that it began with.
    linkSync(executable, join(directory, name));
    renameSync(join(directory, name), join(output, name));
  }
  writeFileSync(join(output, 'THIRD-PARTY-LICENSES.txt'), renderLicenses(root, node, made.libraries));
  writeFileSync(join(output, 'sbom.cdx.json'), renderSbom({ build, node, lock, libraries: made.libraries }));
  const megabytes = Math.round(statSync(executable).size / 1e6);
  process.stdout.write(`${output}: ${names.join(', ')}: one file of ${megabytes} MB for Linux on ${arch}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function isArchitecture(text: string): text is Architecture {
  return text === 'x64' || text === 'arm64';
}
