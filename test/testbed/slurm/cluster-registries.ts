import { join } from 'node:path';
import { TestImages } from '../docker/test-images.ts';
import { registryAccounts, startRegistry } from '../registry/registry.ts';
import type { DockerData } from '../testbed-data.ts';

/**
 * Image registries that a cluster's containers and this machine reach by the same name, over HTTP (`APPTAINER_NOHTTPS=1`). Both have
 * `busybox:1.36` and `busybox:latest`; `TestImages` pushes more.
 */
export interface ClusterRegistries {
  /** Address of the one that asks nobody: `10.150.17.1:41236`. */
  readonly open: string;
  /** Address of the one that wants one of `registryAccounts`. */
  readonly withPassword: string;
}

export interface ClusterRegistryOptions {
  readonly directory: string;
  readonly docker: DockerData;
  /** This machine's address in the cluster's network. */
  readonly host: string;
  readonly signal: AbortSignal;
  readonly cleanUp: AsyncDisposableStack;
}

const IMAGES = ['busybox:1.36', 'busybox:latest'];

export async function startClusterRegistries(options: ClusterRegistryOptions): Promise<ClusterRegistries> {
  const images = new TestImages(options.docker.socket);
  const start = async (name: string, login: { username: string; password: string } | undefined) => {
    const { directory, host, signal, cleanUp } = options;
    const hasPassword = login !== undefined;
    const registry = await startRegistry({ directory: join(directory, name), hasPassword, host, signal });
    cleanUp.defer(() => registry.stop());
    for (const image of IMAGES) await images.publish(`${registry.address}/${image}`, login);
    return registry.address;
  };
  const [open, withPassword] = await Promise.all([
    start('registry', undefined),
    start('registry-with-password', registryAccounts.alice),
  ]);
  return { open, withPassword };
}
