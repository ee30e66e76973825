import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineContainers } from '../docker/engine-containers.ts';
import { thawWhile } from '../docker/engine-traces.ts';
import type { DockerData, SlurmClusterData } from '../testbed-data.ts';
import { createClusterCgroups } from './cluster-cgroups.ts';
import { ClusterCommands } from './cluster-commands.ts';
import { renderClusterConf } from './cluster-conf.ts';
import { ClusterDaemons } from './cluster-daemons.ts';
import { createClusterFolders, writeClusterFiles } from './cluster-folders.ts';
import { type ContainerName, clusterAccounts, containerNames, type NodeName, nodeNames } from './cluster-members.ts';
import { createClusterNetwork, toGateway } from './cluster-network.ts';
import { startClusterRegistries } from './cluster-registries.ts';
import { toContainerConfig } from './container-config.ts';
import { parseSlurmVersion } from './slurm-version.ts';

export interface SlurmClusterOptions {
  /** Made here. */
  directory: string;
  docker: DockerData;
  /** Below which the engine's containers have their control groups. */
  cgroup: string;
  /** The image that has Slurm and Apptainer, as the engine knows it. */
  image: string;
  signal: AbortSignal;
  /** Takes what ends the cluster again; filled also when the start fails. */
  cleanUp: AsyncDisposableStack;
}

/** A cluster, and what a test may do to it when it is that test's own. */
export interface SlurmCluster {
  readonly data: SlurmClusterData;
  readonly commands: ClusterCommands;
  /** Ends slurmctld: SIGTERM has it save what it knows, SIGKILL does not. Its host stays, and refuses connections. */
  stopController(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again with what it has on disk; returns when it answers. */
  startController(): Promise<void>;
  /** Ends everything on a node, as a power cut does; Slurm declares it down after half a minute. */
  killNode(node: NodeName): Promise<void>;
  /** Starts it again; returns when it is idle. */
  startNode(node: NodeName): Promise<void>;
  /** As an operator does before work on the nodes: none takes a job any more. */
  drainNodes(): Promise<void>;
  /** Nodes that take no jobs, since Slurm or somebody has drained them. */
  drainedNodes(): Promise<string[]>;
  /** As an operator does with a drained node. */
  resumeNode(node: string): Promise<void>;
}

/** Starts a controller, two nodes and a login host as containers; returns when both nodes are idle. */
export async function startSlurmCluster(options: SlurmClusterOptions): Promise<SlurmCluster> {
  const { directory, docker, cgroup, image, signal, cleanUp } = options;
  signal.throwIfAborted();
  const name = `slurm-${randomBytes(3).toString('hex')}`;
  const containers = Object.fromEntries(containerNames.map((one) => [one, `${name}-${one}`])) as Record<
    ContainerName,
    string
  >;
  const engine = new EngineContainers(docker.socket);
  const commands = new ClusterCommands({ socket: docker.socket, containers });
  const daemons = new ClusterDaemons({ commands, directory, signal });

  await mkdir(directory, { recursive: true, mode: 0o755 });
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const cgroups = await createClusterCgroups(cgroup, name);
  const folders = await createClusterFolders(directory);
  const addresses = await createClusterNetwork(engine, name, docker.subnetPrefix);
  cleanUp.defer(() => engine.removeNetwork(name));
  await writeClusterFiles(folders, {
    ...renderClusterConf(addresses, cgroups !== undefined),
    'munge.key': randomBytes(128),
  });

  const removeContainers = () => Promise.all(Object.values(containers).map((one) => engine.remove(one)));
  // Jobs may be suspended.
  cleanUp.defer(() => thawWhile(join(cgroup, name), removeContainers));
  cleanUp.defer(() => daemons.kill());
  await Promise.all(
    containerNames.map(async (one) =>
      engine.run(containers[one], await toContainerConfig(one, { image, network: name, addresses, folders, cgroups })),
    ),
  );
  const [registries] = await Promise.all([
    startClusterRegistries({ directory, docker, host: toGateway(addresses), signal, cleanUp }),
    daemons.startMunge('login'),
    daemons
      .startMunge('controller')
      .then(() => daemons.startController())
      .then(() => Promise.all(nodeNames.map((node) => daemons.startNode(node)))),
  ]);
  const { stdout } = await commands.run('login', 'alice', ['sinfo', '--version']);
  return {
    data: {
      version: parseSlurmVersion(stdout),
      socket: docker.socket,
      containers,
      addresses,
      accounts: clusterAccounts,
      nodes: [...nodeNames],
      shared: folders.shared,
      home: folders.home,
      enforcesMemory: cgroups !== undefined,
      registries,
    },
    commands,
    stopController: (how) => daemons.stopController(how),
    startController: () => daemons.startController(),
    killNode: (node) => thawWhile(join(cgroup, name, node), () => engine.kill(containers[node])),
    startNode: async (node) => {
      await engine.start(containers[node]);
      await daemons.startNode(node);
    },
    drainNodes: async () => {
      const drain = ['scontrol', 'update', `nodename=${nodeNames.join(',')}`, 'state=drain', 'reason=work'];
      await commands.run('controller', 'root', drain);
    },
    drainedNodes: async () => {
      const list = ['sinfo', '--noheader', '--states=drain', '--format=%n'];
      const { stdout } = await commands.run('controller', 'root', list);
      return [...new Set(stdout.split('\n').filter((line) => line !== ''))];
    },
    resumeNode: async (node) => {
      await commands.run('controller', 'root', ['scontrol', 'update', `nodename=${node}`, 'state=resume']);
    },
  };
}
