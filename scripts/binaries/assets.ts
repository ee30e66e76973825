import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../../packages/cli/src/version.ts';

const scriptFolder = 'packages/sidecar-slurm/src/script';

/** The texts that code reads by `readAsset`: name to file. */
export function textAssets(root: string): Record<string, string> {
  const folder = join(root, scriptFolder);
  const paths = globSync('{lib,runtimes}/*.{sh,pl}', { cwd: folder }).toSorted();
  return Object.fromEntries(paths.map((path) => [`sidecar-slurm/script/${path}`, join(folder, path)]));
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
