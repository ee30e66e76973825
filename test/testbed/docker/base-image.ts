import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, ensureBuilt } from '../cache/build-cache.ts';
import { dieWithParent } from '../process/die-with-parent.ts';
import { inOwnNamespace } from '../process/own-namespace.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { requestEngine, requestEngineOrThrow } from './engine-api.ts';

const buildScript = join(import.meta.dirname, 'build-base-image.sh');
/** What the Dockerfiles begin with unless they are told otherwise: no registry is asked for what the engine has. */
const base = { repo: 'debian', tag: 'bookworm-slim' };

/** Finds the base of our images in the cache, or builds it from Debian's packages (a minute, the first time). @returns the folder that it is in */
export async function ensureBaseImage(options: BuildOptions): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(buildScript))
    .update(process.arch);
  return await ensureBuilt({
    ...options,
    key: `base-image-${hash.digest('hex').slice(0, 16)}`,
    title: "the images' base from Debian packages",
    build: async (directory) => {
      const command = dieWithParent(...inOwnNamespace('sh', [buildScript, directory]));
      await runCommandOrThrow(...command, { signal: options.signal, killSignal: 'SIGKILL' });
    },
  });
}

/** Gives the base to an engine that has not got it yet. */
export async function importBaseImage(socket: string, options: BuildOptions): Promise<void> {
  const directory = await ensureBaseImage(options);
  const { status } = await requestEngine(socket, { method: 'GET', path: `/images/${base.repo}:${base.tag}/json` });
  if (status === 200) return;
  const query = new URLSearchParams({ fromSrc: '-', ...base });
  query.append('changes', 'CMD ["bash"]');
  query.append('changes', 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  const body = createReadStream(join(directory, 'image.tar'));
  await requestEngineOrThrow(socket, { method: 'POST', path: `/images/create?${query}`, body });
}
