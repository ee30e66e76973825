import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { inOwnNamespace, killChildren } from '../process/own-namespace.ts';
import { runCommand, runCommandOrThrow } from '../process/run-command.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { SlurmHostData } from '../testbed-data.ts';
import { toHostShell } from './host-shell.ts';
import { ensureJobAccount } from './job-account.ts';
import { startMunge } from './munge.ts';
import { renderSlurmConf } from './slurm-conf.ts';
import type { SlurmShell } from './slurm-shell.ts';

export interface SlurmHostOptions {
  /** Made here. Every account must be able to go through all folders above it. */
  directory: string;
  signal: AbortSignal;
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
  /** Ends slurmd and every process of every job, as when the machine goes down. */
  killNode(): Promise<void>;
}

const READY_TIMEOUT_MS = 30_000;

/**
 * Starts munged, slurmctld and slurmd on loopback beside whatever Slurm the machine has; returns when the node is idle. slurmd and all
 * jobs are in a process namespace of their own and end with it.
 */
export async function startSlurmHost({ directory, signal, cleanUp }: SlurmHostOptions): Promise<SlurmHost> {
  signal.throwIfAborted();
  const account = await ensureJobAccount();
  await mkdir(directory, { mode: 0o755 });
  // Whatever the umask: jobs' clients read the configuration and reach munge's socket.
  await chmod(directory, 0o755);
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const munge = await startMunge({ directory: join(directory, 'munge'), signal, cleanUp });
  const node = hostname().split('.')[0] ?? '';
  const conf = await writeConf(directory, node, munge);
  const env = { ...process.env, SLURM_CONF: conf };
  const clients = (file: string, args: string[]) => runCommand(file, args, { env });

  let controller: ServerProcess | undefined;
  const startController = async () => {
    controller = new ServerProcess({
      name: 'slurmctld',
      file: 'slurmctld',
      args: ['-D', '-f', conf],
      logFile: join(directory, 'slurmctld.out'),
      env,
    });
    const answers = async () => (await clients('scontrol', ['ping'])).stdout.includes('is UP');
    await waitUntilReady(controller, answers, { timeoutMs: READY_TIMEOUT_MS, signal });
  };
  cleanUp.defer(async () => await controller?.stop());
  await startController();

  const [file, args] = inOwnNamespace('slurmd', ['-D', '-f', conf, '-N', node]);
  const daemon = new ServerProcess({
    name: 'slurmd',
    file,
    args,
    logFile: join(directory, 'slurmd.out'),
    env,
    kill: killChildren,
  });
  cleanUp.defer(() => daemon.stop());
  const isIdle = async () => (await clients('sinfo', ['-h', '-p', 'main', '-o', '%T'])).stdout.trim() === 'idle';
  await waitUntilReady(daemon, isIdle, { timeoutMs: READY_TIMEOUT_MS, signal });

  const version = (await runCommandOrThrow('sinfo', ['--version'], { env })).trim().replace(/^slurm(-wlm)? /, '');
  return {
    data: { conf, version, account, node },
    shell: toHostShell(conf, account),
    stopController: async (how) => await controller?.stop(how),
    startController,
    killNode: () => daemon.stop('SIGKILL'),
  };
}

async function writeConf(directory: string, node: string, mungeSocket: string): Promise<string> {
  const [controllerPort = 0, nodePort = 0] = await findFreePorts(2);
  const state = join(directory, 'state');
  const spool = join(directory, 'spool');
  for (const folder of [state, spool]) await mkdir(folder, { mode: 0o700 });
  const conf = join(directory, 'slurm.conf');
  const gpus = join(directory, 'gpu');
  for (const number of [0, 1]) await writeFile(`${gpus}${number}`, '');
  const text = renderSlurmConf({
    controller: `${node}(127.0.0.1)`,
    controllerPort,
    nodePort,
    nodes: [{ name: node, address: '127.0.0.1', features: 'feat1', gres: 'gpu:a100:2' }],
    settings: {
      AuthInfo: `socket=${mungeSocket}`,
      ProctrackType: 'proctrack/linuxproc',
      TaskPlugin: 'task/none',
      JobAcctGatherType: 'jobacct_gather/linux',
      // Without control groups it is Slurm itself that kills a job which takes more memory than it asked for.
      JobAcctGatherParams: 'OverMemoryKill',
      StateSaveLocation: state,
      SlurmdSpoolDir: spool,
      SlurmctldPidFile: join(directory, 'slurmctld.pid'),
      SlurmdPidFile: join(directory, 'slurmd.pid'),
      SlurmctldLogFile: join(directory, 'slurmctld.log'),
      SlurmdLogFile: join(directory, 'slurmd.log'),
    },
  });
  await writeFile(conf, text, { mode: 0o644 });
  await writeFile(
    join(directory, 'gres.conf'),
    `AutoDetect=off\nNodeName=${node} Name=gpu Type=a100 File=${gpus}[0-1]\n`,
  );
  return conf;
}
