import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toEngineTraces } from '../docker/engine-traces.ts';
import { removeLeftovers } from '../leftovers.ts';
import type { TestbedData } from '../testbed-data.ts';
import { createTestbedDirectory, writeOwner } from '../testbed-directory.ts';
import { importClusterImage } from './cluster-image.ts';
import { type SlurmCluster, startSlurmCluster } from './slurm-cluster.ts';
import { type SlurmHost, type SlurmHostOptions, startSlurmHost } from './slurm-host.ts';

/** Slurm on this machine for one test that does to it what nobody else could stand: the testbed's is everybody's. */
export async function startOwnSlurmHost(
  options: Pick<SlurmHostOptions, 'accounting' | 'settings'> = {},
): Promise<SlurmHost & AsyncDisposable> {
  const { signal } = new AbortController();
  return await start(
    async (directory, cleanUp) =>
      await startSlurmHost({ ...options, directory: join(directory, 'slurm-host'), signal, cleanUp }),
  );
}

/** A Slurm cluster likewise, in containers of the testbed's own engine. */
export async function startOwnSlurmCluster({
  docker,
  directory,
}: TestbedData): Promise<SlurmCluster & AsyncDisposable> {
  if (docker === undefined) throw new Error('Cannot start a Slurm cluster: this testbed has no Docker Engine');
  const { signal } = new AbortController();
  const image = await importClusterImage(docker.socket, { onProgress: () => undefined, signal });
  const { cgroup } = toEngineTraces(directory);
  return await start(
    async (own, cleanUp) =>
      await startSlurmCluster({ directory: join(own, 'slurm-cluster'), docker, cgroup, image, signal, cleanUp }),
  );
}

async function start<Started>(
  begin: (directory: string, cleanUp: AsyncDisposableStack) => Promise<Started>,
): Promise<Started & AsyncDisposable> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await createTestbedDirectory();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  await writeOwner(directory);
  await removeLeftovers(dirname(directory));
  const started = await begin(directory, cleanUp);
  const end = cleanUp.move();
  return { ...started, [Symbol.asyncDispose]: async () => await end.disposeAsync() };
}
