import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../../packages/cli/src/version.ts';

/** By the folder in assets' names: where they lie, and which. */
const folders = {
  'sidecar-slurm/script': ['packages/sidecar-slurm/src/script', '{lib,runtimes}/*.{sh,pl}'],
  'interlink/ui': ['packages/interlink/src/ui/assets', '*'],
} as const;

/** The texts that code reads by `readAsset`: name to file. */
export function textAssets(root: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(folders).flatMap(([name, [folder, pattern]]) => {
      const cwd = join(root, folder);
      return globSync(pattern, { cwd })
        .toSorted()
        .map((path) => [`${name}/${path}`, join(cwd, path)] as const);
    }),
  );
}

/** What `--version` says. */
export function readBuild(root: string): Required<Build> {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')) as Build;
  return { version, commit: readCommit(root) };
}

/** Twelve digits, and `-dirty` with changes that are not committed. */
function readCommit(root: string): string {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // An archive of the sources has no history.
    return 'unknown commit';
  }
}
