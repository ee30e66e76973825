import { chmod, chown, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CGROUP_CONTROLLERS, CGROUP_MOUNT_POINT, GPU_FILES } from './cluster-conf.ts';
import { type ContainerName, clusterAccounts, containerNames, isNode } from './cluster-members.ts';

/** The repository: a sidecar runs on the login host from its sources. */
const REPOSITORY = join(import.meta.dirname, '../../..');

/** Folders of this machine that a cluster's containers share. */
export interface ClusterFolders {
  /** /etc/slurm, which nobody writes. */
  readonly etc: string;
  readonly shared: string;
  readonly home: string;
  /** Parents of the nodes' control groups; absent where the kernel has none of version 1. */
  readonly cgroups?: Readonly<Record<string, string>> | undefined;
}

/** Makes the folders, with one for each account in /shared and /home that only it can see. */
export async function createClusterFolders(
  directory: string,
  cgroups: ClusterFolders['cgroups'],
): Promise<ClusterFolders> {
  const folders = {
    etc: join(directory, 'etc'),
    shared: join(directory, 'shared'),
    home: join(directory, 'home'),
    cgroups,
  };
  for (const path of [folders.etc, folders.shared, folders.home]) await makeFolder(path, 0o755);
  for (const parent of [folders.shared, folders.home]) {
    for (const { name, uid, gid } of Object.values(clusterAccounts)) {
      await makeFolder(join(parent, name), 0o700);
      await chown(join(parent, name), uid, gid);
    }
  }
  return folders;
}

/** Makes a folder with that mode, whatever the umask. */
async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, mode);
}

/** What `/etc/slurm` has to have; the key is for root only, the rest for all. */
export async function writeClusterFiles(
  { etc }: ClusterFolders,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(etc, name), content, { mode: name.endsWith('.key') ? 0o400 : 0o644 });
  }
}

/** How the engine is to make one of the containers (`POST /containers/create`), all of which just wait for commands. */
export async function toContainerConfig(
  name: ContainerName,
  { image, network, addresses, folders }: ContainerOptions,
): Promise<object> {
  const repository = await realpath(REPOSITORY);
  const binds = [`${folders.etc}:/etc/slurm:ro`, `${folders.shared}:/shared`, `${folders.home}:/home`];
  if (name === 'login') binds.push(...(await findSources(repository)).map((path) => `${path}:${path}:ro`));
  if (isNode(name) && folders.cgroups !== undefined) {
    binds.push('/sys/fs/cgroup:/sys/fs/cgroup:ro');
    for (const [controller, path] of Object.entries(folders.cgroups)) {
      binds.push(`${join(path, name)}:${join(CGROUP_MOUNT_POINT, controller)}`);
    }
  }
  return {
    Image: image,
    Hostname: name,
    Cmd: ['bash', '-c', renderStartScript(name, repository)],
    HostConfig: {
      Init: true,
      Binds: binds,
      NetworkMode: network,
      CgroupnsMode: 'host',
      // All names are in /etc/hosts. Others are asked for on the way (SRV records, the machine's own domain): an answer must not take 10 s.
      Dns: ['127.0.0.1'],
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

export interface ContainerOptions {
  readonly image: string;
  readonly network: string;
  /** They stay: a node that loses its name with its container is never declared down. */
  readonly addresses: Readonly<Record<ContainerName, string>>;
  readonly folders: ClusterFolders;
}

/** The repository, and what its node_modules leads to when that is elsewhere. */
async function findSources(repository: string): Promise<string[]> {
  const modules = await realpath(join(repository, 'node_modules'));
  return modules.startsWith(`${repository}/`) ? [repository] : [repository, modules];
}

function renderStartScript(name: ContainerName, repository: string): string {
  const lines = ['set -e', 'mkdir -p /run/munge /var/lib/slurm/slurmctld /var/lib/slurm/slurmd', 'chmod 666 /dev/fuse'];
  if (isNode(name)) {
    for (const [index, path] of GPU_FILES.entries())
      lines.push(`[ -e ${path} ] || mknod ${path} c 1 ${index === 0 ? 3 : 5}`);
  }
  if (name === 'login') {
    // A folder above the sources may be one that the image keeps for root.
    for (let path = dirname(repository); path !== '/'; path = dirname(path)) lines.push(`chmod a+x '${path}'`);
  }
  return [...lines, 'touch /run/ready', 'exec sleep infinity'].join('\n');
}

/** Makes the parents of the nodes' control groups below the testbed's own. @returns them by controller */
export async function createClusterCgroups(cgroup: string, clusterName: string): Promise<Record<string, string>> {
  const parents: Record<string, string> = {};
  for (const controller of CGROUP_CONTROLLERS) {
    const path = join('/sys/fs/cgroup', controller, cgroup, clusterName);
    for (const node of ['c1', 'c2']) await mkdir(join(path, node), { recursive: true });
    parents[controller] = path;
  }
  return parents;
}
