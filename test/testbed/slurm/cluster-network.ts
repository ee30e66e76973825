import type { EngineContainers } from '../docker/engine-containers.ts';
import { type ContainerName, containerNames } from './cluster-members.ts';

/** The address of each container: it stays, also while the container is down. */
export type ClusterAddresses = Readonly<Record<ContainerName, string>>;

const ATTEMPTS = 20;
const FIRST_HOST = 10;

/**
 * Makes a network on a free subnet of those that tests may take (see `DockerData`): only where the subnet was asked for do containers
 * have addresses that were asked for. @returns them
 */
export async function createClusterNetwork(
  engine: EngineContainers,
  name: string,
  prefix: string,
): Promise<ClusterAddresses> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const subnet = `${prefix}.${16 + Math.floor(Math.random() * 112)}`;
    if (!(await engine.createNetwork({ name, subnet: `${subnet}.0/24` }))) continue;
    const entries = containerNames.map((container, index) => [container, `${subnet}.${FIRST_HOST + index}`]);
    return Object.fromEntries(entries) as ClusterAddresses;
  }
  throw new Error(`Cannot find a free subnet in ${prefix}.16.0 to ${prefix}.127.0 for ${name}`);
}

/** This machine, as seen from the containers: the first address of their network, which Docker gives to its bridge. */
export function toGateway({ controller }: ClusterAddresses): string {
  return controller.replace(/\d+$/, '1');
}
