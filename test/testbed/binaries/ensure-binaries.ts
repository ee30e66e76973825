import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureBuilt } from '../cache/build-cache.ts';
import { runCommandOrThrow } from '../process/run-command.ts';

const root = join(import.meta.dirname, '../../..');

/** The commands that `make all` builds executables for. */
export const binaryNames = [
  'vk',
  'interlink',
  'docker-sidecar',
  'slurm-sidecar',
  'mock-sidecar',
  'process-sidecar',
] as const;

export type BinaryName = (typeof binaryNames)[number];

/** Every change of the sources makes new ones, of 170 MB: those of the days before are not kept. */
const keptMs = 24 * 60 * 60 * 1_000;

/** What decides what is built; `node` is in the lock file. */
const sources = [
  ...['package-lock.json', 'packages/*/package.json', 'scripts/build-binaries.ts', 'scripts/binaries/*.ts'],
  'packages/*/src/**/*.{ts,sh,pl}',
];

/**
 * Finds the executables of these sources in the cache, or builds them as `make all` does. @returns their folder
 * @param architecture another one's Node is brought by npm
 */
export async function ensureBinaries(architecture: string = process.arch): Promise<string> {
  const { signal } = new AbortController();
  const hash = createHash('sha256');
  const files = globSync(sources, { cwd: root, exclude: ['**/*.test.ts', '**/testing/**', '**/testdata/**'] });
  for (const file of files.toSorted()) hash.update(`${file}\n`).update(await readFile(join(root, file)));
  return await ensureBuilt({
    key: `binaries-${architecture}-${hash.digest('hex').slice(0, 16)}`,
    title: `the executables for ${architecture}`,
    onProgress: (line) => void process.stderr.write(`${line}\n`),
    signal,
    build: async (folder) => {
      const script = join(root, 'scripts/build-binaries.ts');
      const argv = [
        '--conditions=interlink-source',
        script,
        ...binaryNames,
        '--output',
        folder,
        '--arch',
        architecture,
      ];
      await runCommandOrThrow(process.execPath, argv, { signal });
      await removeOld(dirname(folder));
    },
  });
}

async function removeOld(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!/^binaries-\w+-[0-9a-f]+$/.test(name)) continue;
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > keptMs) await rm(join(cache, name), { recursive: true, force: true });
  }
}
