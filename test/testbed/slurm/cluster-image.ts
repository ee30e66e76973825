import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, ensureBuilt } from '../cache/build-cache.ts';
import { requestEngine, requestEngineOrThrow } from '../docker/engine-api.ts';
import { dieWithParent } from '../process/die-with-parent.ts';
import { inOwnNamespace } from '../process/own-namespace.ts';
import { runCommandOrThrow } from '../process/run-command.ts';

const BUILD_SCRIPT = join(import.meta.dirname, 'build-image.sh');
const REPOSITORY = 'interlink-slurm';

/** Finds the image in the cache, or builds it from Debian's packages (minutes, the first time). @returns the folder that it is in */
export async function ensureClusterImage(options: BuildOptions): Promise<string> {
  return await ensureBuilt({
    ...options,
    key: await toKey(),
    title: "the Slurm cluster's image from Debian packages",
    build: async (directory) => {
      // A build that is killed leaves no mounts and no processes; `unshare` heeds no other signal.
      const command = dieWithParent(...inOwnNamespace('sh', [BUILD_SCRIPT, directory]));
      await runCommandOrThrow(...command, { signal: options.signal, killSignal: 'SIGKILL' });
      const versions = (await readFile(join(directory, 'versions.txt'), 'utf8')).trim();
      options.onProgress(`  ${versions.replaceAll('\t', ' ').replaceAll('\n', ', ')}`);
    },
  });
}

/** Gives the image to an engine that has not got it yet. @returns how the engine knows it */
export async function importClusterImage(socket: string, options: BuildOptions): Promise<string> {
  const directory = await ensureClusterImage(options);
  const tag = (await toKey()).split('-').at(-1) ?? '';
  const image = `${REPOSITORY}:${tag}`;
  const { status } = await requestEngine(socket, { method: 'GET', path: `/images/${image}/json` });
  if (status === 200) return image;
  const query = new URLSearchParams({ fromSrc: '-', repo: REPOSITORY, tag });
  const body = createReadStream(join(directory, 'image.tar'));
  await requestEngineOrThrow(socket, { method: 'POST', path: `/images/create?${query}`, body });
  return image;
}

/** Debian's packages change without it: an image in the cache stays as it is, its versions are beside it. */
async function toKey(): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(BUILD_SCRIPT))
    .update(process.arch);
  return `slurm-cluster-${hash.digest('hex').slice(0, 16)}`;
}
