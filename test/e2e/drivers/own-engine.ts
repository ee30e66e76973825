import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DockerEngine, type DockerEngineOptions, startDockerEngine } from '../../testbed/docker/docker-engine.ts';
import { toEngineTraces } from '../../testbed/docker/engine-traces.ts';
import { removeLeftovers } from '../../testbed/leftovers.ts';
import { createTestbedDirectory, writeOwner } from '../../testbed/testbed-directory.ts';

export interface OwnEngine extends DockerEngine, AsyncDisposable {}

/** A Docker Engine for one test that does to it what nobody else could stand: the testbed's is everybody's. */
export async function startOwnEngine({
  liveRestore,
}: Pick<DockerEngineOptions, 'liveRestore'> = {}): Promise<OwnEngine> {
  const directory = await createTestbedDirectory();
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  await writeOwner(directory);
  await removeLeftovers(dirname(directory));
  const { signal } = new AbortController();
  const traces = toEngineTraces(directory);
  const engine = await startDockerEngine({
    directory: join(directory, 'docker'),
    traces,
    signal,
    cleanUp,
    liveRestore,
  });
  const end = cleanUp.move();
  return { ...engine, [Symbol.asyncDispose]: async () => await end.disposeAsync() };
}
