import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { killChildren } from '../process/own-namespace.ts';
import { ClusterCommands } from '../slurm/cluster-commands.ts';
import type { SlurmClusterData } from '../testbed-data.ts';
import type { RemoteSidecar } from './site.ts';
import { SitePart } from './site-part.ts';

export interface ClusterSidecarOptions {
  readonly cluster: SlurmClusterData;
  /** Of its folder in the account's home. */
  readonly name: string;
  /** For its log. */
  readonly directory: string;
  /** Keys of its configuration, over those set here. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Listens on a socket in the home that the login host shares with this machine, rather than on a port. */
  readonly isUnix?: boolean | undefined;
}

/** A Slurm sidecar on the login host, as an ordinary account. */
export interface ClusterSidecar extends RemoteSidecar {
  /** DataRootFolder, as this machine sees it. */
  readonly root: string;
  /** The same, as the cluster has it. */
  readonly rootThere: string;
  /** Removes what it keeps in the account's home. */
  remove(): Promise<void>;
}

/** Makes all that the sidecar needs but does not start it: images have the cluster's own registry before them. */
export async function prepareClusterSidecar(options: ClusterSidecarOptions): Promise<ClusterSidecar> {
  const { cluster, name, directory, config, isUnix = false } = options;
  const { alice } = cluster.accounts;
  const [here, there] = [join(cluster.home, alice.name, name), join(alice.home, name)];
  const token = randomBytes(32).toString('base64url');
  const urlBelow = isUnix ? (home: string) => `unix://${join(home, 'run', 's.sock')}` : await findUrl(cluster);
  const { DataRootFolder = join(there, 'pods') } = config ?? {};
  const keys = {
    SidecarURL: urlBelow(there),
    SingularityPath: 'apptainer',
    ImagePrefix: `docker://${cluster.registries.open}/`,
    ...config,
    DataRootFolder: String(DataRootFolder),
    Slurm: {
      InsecureRegistries: Object.values(cluster.registries),
      PollInterval: 1,
      Retention: 0,
      ...toGroup(config?.Slurm),
    },
  };
  const write = async (path: string, content: string) => {
    await writeFile(join(here, path), content, { mode: 0o600 });
    await chown(join(here, path), alice.uid, alice.gid);
  };
  for (const folder of ['.', 'run', 'config', 'config/interlink']) {
    await mkdir(join(here, folder), { mode: 0o700 });
    await chown(join(here, folder), alice.uid, alice.gid);
  }
  await write('config/interlink/token', `${token}\n`);
  // JSON is YAML.
  await write('InterLinkConfig.yaml', JSON.stringify(keys));

  const commands = new ClusterCommands(cluster);
  const env = {
    ...commands.env('alice'),
    XDG_CONFIG_HOME: join(there, 'config'),
    INTERLINKCONFIGPATH: join(there, 'InterLinkConfig.yaml'),
  };
  const place = {
    toCommandLine: async (argv: ReadonlyArray<string>) => await commands.toCommandLine('login', 'alice', argv),
    signal: killChildren,
  };
  return {
    part: new SitePart({ name: 'slurm-sidecar', args: [], env, directory, place }),
    url: urlBelow(here),
    token,
    root: join(here, 'pods'),
    rootThere: keys.DataRootFolder,
    remove: async () => await rm(here, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function findUrl({ addresses }: SlurmClusterData): Promise<() => string> {
  // A port that is free here is free there in all likelihood: nothing else listens on the login host but srun, for moments.
  const [port] = await findFreePorts(1);
  return () => `http://${addresses.login}:${port}`;
}

function toGroup(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
