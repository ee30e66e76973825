import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SlurmClusterData } from '../testbed/index.ts';
import { prepareClusterSidecar } from '../testbed/site/cluster-sidecar.ts';
import { ClusterView } from '../testbed/site/cluster-view.ts';
import type { SidecarUnderTest } from './sidecar-process.ts';

/** A Slurm sidecar, with these keys of its configuration, on the cluster's login host; when it ends, nothing may be left of its pods. */
export async function startSlurmSidecar(
  cluster: SlurmClusterData,
  keys: Readonly<Record<string, unknown>> = {},
): Promise<Omit<SidecarUnderTest, 'tokenFile'>> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'interlink-conformance-'));
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const config = { LogLevel: 'error', ...keys };
  const sidecar = await prepareClusterSidecar({ cluster, name: 'conformance', directory, config });
  cleanUp.defer(() => sidecar.remove());
  const { part, url, token } = sidecar;
  await part.start();
  cleanUp.defer(() => part.stop());
  const view = new ClusterView(cluster, sidecar);
  cleanUp.defer(() => view.waitUntilNothingIsLeft());
  const all = cleanUp.move();
  return {
    url,
    token: async () => token,
    restart: async () => {
      await part.kill();
      await part.start();
    },
    [Symbol.asyncDispose]: async () => await all.disposeAsync(),
  };
}
