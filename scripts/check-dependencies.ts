import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLicenceProblems, type Licensed, type Lock } from './dependency-licences.ts';
import { findProblems, type PackageSources } from './dependency-rule.ts';
import { findUnjustified } from './dependency-table.ts';

// The dependency rule (see dependency-rule.ts) over every package, a reason for each library, and licences that permit. Prints each problem and exits 1 when there is one.
const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly exports?: Record<string, unknown>;
}

function readPackage(directory: string): PackageSources {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  const files = readdirSync(join(directory, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return {
    name: manifest.name,
    declared: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    subpaths: Object.keys(manifest.exports ?? {}).flatMap((key) =>
      key === '.' ? [] : [`${manifest.name}${key.slice(1)}`],
    ),
    sources: files.map((file) => {
      const path = join(directory, 'src', file);
      return { path: relative(root, path), text: readFileSync(path, 'utf8') };
    }),
  };
}

const packages = readdirSync(join(root, 'packages')).map((name) => readPackage(join(root, 'packages', name)));
const libraries = packages.map(({ name, declared }) => ({
  name,
  libraries: declared.filter((library) => !packages.some((ours) => ours.name === library)),
}));
const manifestOf = (folder: string): Licensed | undefined => {
  const file = join(root, folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Licensed) : undefined;
};
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
const problems = [
  ...findProblems(packages),
  ...findUnjustified(libraries, readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')),
  ...findLicenceProblems(lock, folders, manifestOf),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
