import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensureBuilt } from '../cache/build-cache.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import type { TestbedData } from '../testbed-data.ts';

/** Whether this machine can make virtual environments; what it lacks is told at the end of the run. */
export function canMakeVenvs({ missing }: TestbedData): boolean {
  return !missing.some(({ part }) => part === 'python');
}

/**
 * Finds a virtual environment in the cache, or makes it: with the packages of a requirements file, each of which is pinned and has its hashes.
 * `pip-compile --generate-hashes` writes such a file.
 * @returns its `python`. Programs of packages are run as `python -m …`: their own scripts name the folder in which they were built
 */
export async function ensureVenv(requirements: string, signal = new AbortController().signal): Promise<string> {
  const text = await readFile(requirements, 'utf8');
  const interpreter = await runCommandOrThrow('python3', [
    '-c',
    'import platform, sys; print(sys.version, platform.machine())',
  ]);
  const hash = createHash('sha256').update(text).update(interpreter).digest('hex').slice(0, 16);
  const name = basename(dirname(requirements));
  const directory = await ensureBuilt({
    key: `python-${name}-${hash}`,
    title: `a virtual environment of Python for ${name}`,
    onProgress: (line) => void process.stdout.write(`${line}\n`),
    signal,
    build: async (folder) => {
      await runCommandOrThrow('python3', ['-m', 'venv', folder], { signal });
      const install = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-deps',
        '--require-hashes',
        '--requirement',
        requirements,
      ];
      await runCommandOrThrow(join(folder, 'bin', 'python'), install, { signal });
    },
  });
  return join(directory, 'bin', 'python');
}
