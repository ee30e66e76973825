import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { asAccount, type SlurmHost, toLoginEnv } from '../../test/testbed/index.ts';
import { findFreePorts } from '../../test/testbed/process/free-ports.ts';
import { SitePart } from '../../test/testbed/site/site-part.ts';
import { SidecarPods } from '../sidecar-pods.ts';

/** A Slurm sidecar on this machine, as the ordinary account that the jobs of a Slurm of the testbed belong to. */
export interface HostSidecar {
  readonly part: SitePart;
  readonly pods: SidecarPods;
  /** In the account's home, the sidecar's folder of pods and whatever else the account is to have; goes at the end. */
  readonly home: string;
  readonly root: string;
  /** Of each of Slurm's commands, how often it was run so far: what `/metrics` says. */
  commands(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/**
 * Pods are processes without a runtime, and may set `--hold`.
 * @param directory for the sidecar's log
 * @param binaries folder of executables to run in place of the sources
 */
export async function startHostSidecar(
  { data }: SlurmHost,
  directory: string,
  binaries?: string,
): Promise<HostSidecar> {
  const { account, conf } = data;
  const home = join(account.home, `bench-${randomBytes(4).toString('hex')}`);
  const root = join(home, 'pods');
  const token = randomBytes(32).toString('base64url');
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const keys = {
    ...{ SidecarURL: 'http://127.0.0.1', SidecarPort: String(port), DataRootFolder: root, ContainerRuntime: 'none' },
    Slurm: { AllowedFlags: ['hold', 'time'], Retention: 0 },
  };
  for (const folder of ['.', 'interlink']) await mkdir(join(home, folder), { mode: 0o700 });
  await writeFile(join(home, 'interlink', 'token'), `${token}\n`, { mode: 0o600 });
  // JSON is YAML.
  await writeFile(join(home, 'InterLinkConfig.yaml'), JSON.stringify(keys), { mode: 0o600 });
  for (const path of ['.', 'interlink', 'interlink/token', 'InterLinkConfig.yaml']) {
    await chown(join(home, path), account.uid, account.gid);
  }
  const part = new SitePart({
    ...{ name: 'slurm-sidecar', args: [], directory, binaries },
    env: {
      ...toLoginEnv(account),
      ...{ SLURM_CONF: conf, XDG_CONFIG_HOME: home, INTERLINKCONFIGPATH: join(home, 'InterLinkConfig.yaml') },
    },
    place: {
      // Another account is another start for the kernel, which forgets that it was to end with this process.
      toCommandLine: async (argv) => asAccount(account, ['setpriv', '--pdeathsig', 'KILL', ...argv]),
      signal: (pid, signal) => void process.kill(pid, signal),
    },
  });
  await part.start('listening');
  const target = new HttpTarget({ url, token: async () => token });
  const pods = new SidecarPods(new PodClient(target, { cluster: 'bench', node: 'bench' }), { image: 'none' });
  return {
    ...{ part, pods, home, root },
    commands: async () => {
      const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
      return countCommands(await response.text());
    },
    stop: async () => {
      pods.stop();
      await target.close();
      await part.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function countCommands(metrics: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, program = '', count] of metrics.matchAll(
    /^interlink_slurm_commands_total\{program="(\w+)".*\} (\d+)$/gm,
  )) {
    counts.set(program, (counts.get(program) ?? 0) + Number(count));
  }
  return counts;
}
