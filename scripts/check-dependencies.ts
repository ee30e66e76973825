import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProblems, type PackageSources } from './dependency-rule.ts';

// The dependency rule (see dependency-rule.ts), over every package. Prints each problem and exits 1 when there is one.
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
const problems = findProblems(packages);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
