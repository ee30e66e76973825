import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CGROUP_MOUNT_POINT, type ClusterCgroups } from './cluster-cgroups.ts';
import { GPU_FILES } from './cluster-conf.ts';
import type { ClusterFolders } from './cluster-folders.ts';
import { type ContainerName, containerNames, isNode } from './cluster-members.ts';
import type { ClusterAddresses } from './cluster-network.ts';

export interface ContainerOptions {
  readonly image: string;
  readonly network: string;
  /** They stay: a node that loses its name with its container is never declared down. */
  readonly addresses: ClusterAddresses;
  readonly folders: ClusterFolders;
  readonly cgroups: ClusterCgroups | undefined;
}

/** The repository: a sidecar runs on the login host from its sources. */
const REPOSITORY = join(import.meta.dirname, '../../..');

/** `$@`: folders that all accounts must get through. */
const PREPARATION = [
  'set -e',
  'mkdir -p /run/munge /var/lib/slurm/slurmctld /var/lib/slurm/slurmd',
  // Without it no account but root can run an image.
  'chmod 666 /dev/fuse',
  `for gpu in ${GPU_FILES.join(' ')}; do test -e $gpu || mknod $gpu c 1 3; done`,
  // All names are in /etc/hosts. Slurm's daemons ask for others when they start: nobody is there to answer, and that must not take 10 s.
  'echo nameserver 127.0.0.1 > /etc/resolv.conf',
  'for folder; do chmod a+x "$folder"; done',
].join('\n');

/** What root runs in a container after each start, before anything else. */
export async function toPreparation(name: ContainerName): Promise<string[]> {
  const sources = name === 'login' ? await findSources() : [];
  return ['bash', '-c', PREPARATION, 'prepare', ...sources.flatMap(toParents)];
}

/** How the engine is to make one of the containers (`POST /containers/create`), which just waits for commands. */
export async function toContainerConfig(name: ContainerName, options: ContainerOptions): Promise<object> {
  const { image, network, addresses, folders, cgroups } = options;
  const sources = name === 'login' ? await findSources() : [];
  return {
    Image: image,
    Hostname: name,
    Cmd: ['sleep', 'infinity'],
    HostConfig: {
      Init: true,
      Binds: [
        `${folders.etc}:/etc/slurm:ro`,
        `${folders.shared}:/shared`,
        `${folders.home}:/home`,
        ...sources.map((path) => `${path}:${path}:ro`),
        ...(isNode(name) && cgroups !== undefined ? toCgroupBinds(name, cgroups) : []),
      ],
      NetworkMode: network,
      CgroupnsMode: 'host',
      ExtraHosts: containerNames.map((other) => `${other}:${addresses[other]}`),
      // Nearly all that a machine of its own has, for the user namespaces and mounts of Apptainer.
      CapAdd: ['ALL'],
      CapDrop: ['SYS_RESOURCE'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      MaskedPaths: [],
      ReadonlyPaths: [],
      Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' }],
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: addresses[name] } } } },
  };
}

/** Slurm writes below a mount point of its own; jobs read their own figures where every machine has them. */
function toCgroupBinds(name: ContainerName, cgroups: ClusterCgroups): string[] {
  const own = Object.entries(cgroups).map(
    ([controller, parent]) => `${join(parent, name)}:${join(CGROUP_MOUNT_POINT, controller)}`,
  );
  return ['/sys/fs/cgroup:/sys/fs/cgroup:ro', ...own];
}

/** The repository, and what its node_modules leads to when that is elsewhere. */
async function findSources(): Promise<string[]> {
  const repository = await realpath(REPOSITORY);
  const modules = await realpath(join(repository, 'node_modules'));
  return modules.startsWith(`${repository}/`) ? [repository] : [repository, modules];
}

/** The folders above a path, which the image may keep for root, as /root is. */
function toParents(path: string): string[] {
  const parent = dirname(path);
  return parent === '/' ? [] : [parent, ...toParents(parent)];
}
