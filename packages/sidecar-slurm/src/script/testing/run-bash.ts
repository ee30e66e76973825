import { spawnSync } from 'node:child_process';
import { scriptText } from '../script-text.ts';

/** Runs text by the real bash, behind files below `script/`. @returns what it says, and its exit code */
export function runBash(
  files: ReadonlyArray<string>,
  text: string,
  folder: string,
): { output: string; code: number | null } {
  const script = ['set -u', 'LC_ALL=C', 'umask 077', ...files.map(scriptText), text].join('\n');
  const { stdout, stderr, status } = spawnSync('bash', { input: script, cwd: folder, encoding: 'utf8' });
  return { output: stdout + stderr, code: status };
}
