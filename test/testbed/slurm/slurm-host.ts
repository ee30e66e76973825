import { chmod, mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { inOwnNamespace, killChildren } from '../process/own-namespace.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { SlurmHostData } from '../testbed-data.ts';
import { enterAccounts, startHostAccounting } from './host-accounting.ts';
import { writeHostConf } from './host-conf.ts';
import { toHostShell } from './host-shell.ts';
import { ensureJobAccount } from './job-account.ts';
import { startMunge } from './munge.ts';
import { CLUSTER_NAME } from './slurm-conf.ts';
import type { SlurmShell } from './slurm-shell.ts';
import { parseSlurmVersion } from './slurm-version.ts';

export interface SlurmHostOptions {
  /** Made here. Every account must be able to go through all folders above it. */
  directory: string;
  signal: AbortSignal;
  /** A database of what became of jobs (slurmdbd): `sacct` works, and jobs are charged to accounts; default false. */
  accounting?: boolean;
  /** More of slurm.conf(5), such as `MinJobAge`. */
  settings?: Readonly<Record<string, string | number>>;
  /** Takes what ends the daemons again; filled also when the start fails. */
  cleanUp: AsyncDisposableStack;
}

/** Slurm on this machine, and what a test may do to it when it is that test's own. */
export interface SlurmHost {
  readonly data: SlurmHostData;
  readonly shell: SlurmShell;
  /** Ends slurmctld: SIGTERM has it save what it knows, SIGKILL does not. */
  stopController(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again with what it has on disk; returns when it answers. */
  startController(): Promise<void>;
  /** SIGSTOP to slurmctld. @returns what has it go on */
  pauseController(): () => void;
  /** Ends slurmd and every process of every job, as when the machine goes down. */
  killNode(): Promise<void>;
  /** Starts slurmd again; returns when Slurm shows its node as one that can have jobs, as it may have done all the time. */
  startNode(): Promise<void>;
}

const ATTEMPTS = 3;
const READY_TIMEOUT_MS = 30_000;

/**
 * Starts munged, slurmctld and slurmd on loopback beside whatever Slurm the machine has; returns when the node is idle. slurmd and all
 * jobs are in a process namespace of their own and end with it.
 */
export async function startSlurmHost(options: SlurmHostOptions): Promise<SlurmHost> {
  for (let attempt = 1; ; attempt += 1) {
    await using daemons = new AsyncDisposableStack();
    try {
      const host = await startDaemons(options, daemons);
      options.cleanUp.use(daemons.move());
      return host;
    } catch (error) {
      // A port that was free when it was chosen may be taken when it is used.
      const isPortTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!isPortTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startDaemons(
  { directory, accounting = false, settings, signal }: SlurmHostOptions,
  daemons: AsyncDisposableStack,
): Promise<SlurmHost> {
  signal.throwIfAborted();
  const account = await ensureJobAccount();
  await mkdir(directory);
  daemons.defer(() => rm(directory, { recursive: true, force: true }));
  // Whatever the umask: jobs' clients read the configuration and reach munge's socket.
  await chmod(directory, 0o755);
  const mungeSocket = await startMunge({ directory: join(directory, 'munge'), signal, cleanUp: daemons });
  const node = hostname().split('.')[0] ?? '';
  const storage = accounting
    ? await startHostAccounting({ directory: join(directory, 'accounting'), mungeSocket, signal, cleanUp: daemons })
    : {};
  const conf = await writeHostConf({ directory, node, mungeSocket, settings: { ...storage, ...settings } });
  if (accounting) await enterAccounts(conf, CLUSTER_NAME, account.name);
  const shell = toHostShell(conf, account);
  const env = { ...process.env, SLURM_CONF: conf };
  const says = async (...argv: string[]) => (await shell.run(argv)).stdout.trim();

  let controller: ServerProcess | undefined;
  const startController = async () => {
    const args = ['-D', '-f', conf];
    controller = new ServerProcess({
      name: 'slurmctld',
      file: 'slurmctld',
      args,
      logFile: join(directory, 'slurmctld.out'),
      env,
    });
    const answers = async () => (await says('scontrol', 'ping')).includes('is UP');
    await waitUntilReady(controller, answers, { timeoutMs: READY_TIMEOUT_MS, signal });
  };
  daemons.defer(async () => await controller?.stop());
  await startController();

  let slurmd: ServerProcess | undefined;
  // Whatever runs there, or nothing.
  const isUp = async () =>
    /^(idle|mixed|allocated|completing)$/.test(await says('sinfo', '-h', '-p', 'main', '-o', '%T'));
  const startNode = async () => {
    const [file, args] = inOwnNamespace('slurmd', ['-D', '-f', conf, '-N', node]);
    const logFile = join(directory, 'slurmd.out');
    slurmd = new ServerProcess({ name: 'slurmd', file, args, logFile, env, kill: killChildren });
    await waitUntilReady(slurmd, isUp, { timeoutMs: READY_TIMEOUT_MS, signal });
  };
  daemons.defer(async () => await slurmd?.stop());
  await startNode();

  return {
    data: { conf, version: parseSlurmVersion(await runCommandOrThrow('sinfo', ['--version'], { env })), account, node },
    shell,
    stopController: async (how) => await controller?.stop(how),
    startController,
    pauseController: () => {
      const paused = controller;
      if (paused?.hasExited === false) process.kill(paused.pid, 'SIGSTOP');
      return () => {
        if (paused?.hasExited === false) process.kill(paused.pid, 'SIGCONT');
      };
    },
    killNode: async () => await slurmd?.stop('SIGKILL'),
    startNode,
  };
}
