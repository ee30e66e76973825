import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineContainers } from '../docker/engine-containers.ts';
import { thaw } from '../docker/engine-traces.ts';
import { killChildren } from '../process/own-namespace.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { DockerData, SlurmClusterData } from '../testbed-data.ts';
import { ClusterCommands } from './cluster-commands.ts';
import { renderClusterConf } from './cluster-conf.ts';
import {
  createClusterCgroups,
  createClusterFolders,
  toContainerConfig,
  writeClusterFiles,
} from './cluster-containers.ts';
import { type ContainerName, clusterAccounts, containerNames, type NodeName, nodeNames } from './cluster-members.ts';
import { startClusterRegistries } from './cluster-registries.ts';

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
}

/** It runs as root, where Debian's would not: its folders are others. The socket is where clients look for it. */
const MUNGE_FLAGS = [
  '--foreground',
  '--key-file=/etc/slurm/munge.key',
  '--seed-file=/run/munge/munged.seed',
  '--log-file=/run/munge/munged.log',
  '--pid-file=/run/munge/munged.pid',
];
const READY_TIMEOUT_MS = 60_000;
const SUBNET_ATTEMPTS = 20;

/** Starts a controller, two nodes and a login host as containers; returns when both nodes are idle. */
export async function startSlurmCluster(options: SlurmClusterOptions): Promise<SlurmCluster> {
  const { directory, docker, cgroup, image, signal, cleanUp } = options;
  signal.throwIfAborted();
  const name = `slurm-${randomBytes(3).toString('hex')}`;
  await mkdir(directory, { recursive: true, mode: 0o755 });
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const engine = new EngineContainers(docker.socket);
  const cgroups = hasCgroupsV1() ? await createClusterCgroups(cgroup, name) : undefined;
  const folders = await createClusterFolders(directory, cgroups);
  const addresses = await createNetwork(engine, name, docker.subnetPrefix);
  cleanUp.defer(() => engine.removeNetwork(name));
  await writeClusterFiles(folders, {
    ...renderClusterConf(addresses, cgroups !== undefined),
    'munge.key': randomBytes(128),
  });
  const containers = Object.fromEntries(containerNames.map((one) => [one, `${name}-${one}`])) as Record<
    ContainerName,
    string
  >;
  cleanUp.defer(async () => void (await Promise.all(Object.values(containers).map((one) => engine.remove(one)))));
  // Jobs that were suspended do not end before.
  cleanUp.defer(() => thaw(join(cgroup, name)));
  const commands = new ClusterCommands({ socket: docker.socket, containers });
  const daemons = new Map<string, ServerProcess>();
  cleanUp.defer(async () => void (await Promise.all([...daemons.values()].map((daemon) => daemon.stop('SIGKILL')))));

  const start = async (container: ContainerName, argv: readonly string[], isReady: () => Promise<boolean>) => {
    signal.throwIfAborted();
    const [file, args] = await commands.toCommandLine(container, 'root', argv);
    const daemon = new ServerProcess({
      name: `${argv[0]} on ${container}`,
      file,
      args,
      logFile: join(directory, `${argv[0]}-${container}.log`),
      env: commands.env('root'),
      kill: killChildren,
    });
    daemons.set(`${argv[0]} ${container}`, daemon);
    await waitUntilReady(daemon, isReady, { timeoutMs: READY_TIMEOUT_MS, signal });
  };
  const succeeds = async (container: ContainerName, ...argv: string[]) =>
    (await commands.run(container, 'root', argv)).exitCode === 0;
  const startMunge = async (container: ContainerName) => {
    // A socket of before says nothing.
    await commands.run(container, 'root', ['rm', '-f', '/run/munge/munge.socket.2']);
    await start(container, ['munged', ...MUNGE_FLAGS], () =>
      succeeds(container, 'test', '-S', '/run/munge/munge.socket.2'),
    );
  };
  const startController = () =>
    start('controller', ['slurmctld', '-D'], () => succeeds('controller', 'scontrol', 'ping'));
  const isIdle = async (node: NodeName) => {
    const { stdout } = await commands.run('controller', 'root', ['sinfo', '-h', '-n', node, '-p', 'main', '-o', '%T']);
    return stdout.trim() === 'idle';
  };
  const startDaemons = async (node: NodeName) => {
    await startMunge(node);
    await start(node, ['slurmd', '-D', '-N', node], () => isIdle(node));
  };

  await Promise.all(
    containerNames.map(async (one) =>
      engine.run(containers[one], await toContainerConfig(one, { image, network: name, addresses, folders })),
    ),
  );
  const [registries] = await Promise.all([
    startClusterRegistries({ directory, docker, host: toGateway(addresses), signal, cleanUp }),
    startMunge('controller').then(startController),
    startMunge('login'),
  ]);
  await Promise.all(nodeNames.map(startDaemons));
  const { stdout: version } = await commands.run('login', 'alice', ['sinfo', '--version']);
  return {
    data: {
      version: version.trim().replace(/^slurm(-wlm)? /, ''),
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
    stopController: async (how) => await daemons.get('slurmctld controller')?.stop(how),
    startController,
    killNode: async (node) => {
      await thaw(join(cgroup, name, node));
      await engine.kill(containers[node]);
    },
    startNode: async (node) => {
      await engine.start(containers[node]);
      await startDaemons(node);
    },
  };
}

function hasCgroupsV1(): boolean {
  return existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
}

/** This machine, as seen from the containers: the first address of their network, which Docker gives to its bridge. */
function toGateway({ controller }: Readonly<Record<ContainerName, string>>): string {
  return controller.replace(/\d+$/, '1');
}

/** Makes a network on a free subnet of the engine's. @returns the addresses of the containers in it */
async function createNetwork(
  engine: EngineContainers,
  name: string,
  prefix: string,
): Promise<Record<ContainerName, string>> {
  for (let attempt = 0; attempt < SUBNET_ATTEMPTS; attempt += 1) {
    const subnet = `${prefix}.${16 + Math.floor(Math.random() * 112)}`;
    if (!(await engine.createNetwork({ name, subnet: `${subnet}.0/24` }))) continue;
    const entries = containerNames.map((container, index) => [container, `${subnet}.${10 + index}`]);
    return Object.fromEntries(entries) as Record<ContainerName, string>;
  }
  throw new Error(`Cannot find a free subnet in ${prefix}.16.0 to ${prefix}.127.0 for ${name}`);
}
