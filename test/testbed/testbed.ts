import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from './control-plane/binaries.ts';
import type { ExtraFlags } from './control-plane/flags.ts';
import type { Part } from './requirements.ts';
import type { FromSupervisor, SupervisorTask, ToSupervisor } from './supervisor-messages.ts';
import type { TestbedData } from './testbed-data.ts';
import { createTestbedDirectory } from './testbed-directory.ts';

export interface TestbedOptions {
  /** A Kubernetes control plane; default true. */
  controlPlane?: boolean;
  /** A Docker Engine; default true. */
  docker?: boolean;
  /** Slurm on this machine, and a Slurm cluster in containers of the Docker Engine: each starts when it is first asked for; default false. */
  slurm?: boolean;
  /** Podman's Docker-compatible socket, which starts when it is first asked for; default false. */
  podman?: boolean;
  /** Whether tests make virtual environments of Python; nothing is started for it; default false. */
  python?: boolean;
  /** Looks whether the machine has what docs/itwinctl.sh is tested with; default false. */
  itwinctl?: boolean;
  /** Looks whether the machine has what our images are built and run with; default false. */
  images?: boolean;
  /** The same for docs/guides and deploy/systemd. */
  guides?: boolean;
  /** The same for InterLink's pages in a browser. */
  browser?: boolean;
  /** The same for deploy/monitoring. */
  monitoring?: boolean;
  /** Of Kubernetes; default `current`. */
  release?: Release;
  /** More flags for the control plane's programs. Without them pods leave a dead node after 20 s; see `FAST_EVICTION`. */
  flags?: ExtraFlags;
  /** Told what takes long; default: a line on standard error. */
  onProgress?: (line: string) => void;
  /** Gives up a start: it throws when all is cleaned up again. */
  signal?: AbortSignal;
}

/** A running testbed: its data, and how to end it. */
export interface Testbed extends TestbedData {
  /** Ends all servers and containers and removes everything; returns when nothing is left. May be called again. */
  stop(): Promise<void>;
}

/** Pods leave a node that is not ready or not reachable after 20 s, where Kubernetes' own default is 300 s. */
export const FAST_EVICTION: ExtraFlags = {
  kubeApiserver: ['--default-not-ready-toleration-seconds=20', '--default-unreachable-toleration-seconds=20'],
};

const SUPERVISOR = join(import.meta.dirname, 'supervisor.ts');

/**
 * Starts a testbed and returns when all of it is ready. A part that cannot run on this machine is left out and told of
 * in `missing`; one that fails to start is an error, after which nothing is left. It ends with `stop()`, and also when
 * this process ends or is killed.
 */
export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const parts: Part[] = [];
  if (options.controlPlane ?? true) parts.push('controlPlane');
  if (options.docker ?? true) parts.push('docker');
  if (options.python) parts.push('python');
  if (options.itwinctl ?? false) parts.push('itwinctl');
  if (options.images ?? false) parts.push('images');
  if (options.guides ?? false) parts.push('guides');
  if (options.browser ?? false) parts.push('browser');
  if (options.monitoring ?? false) parts.push('monitoring');
  const directory = await createTestbedDirectory();
  const task: SupervisorTask = {
    directory,
    parts,
    onDemand: [
      ...(options.slurm ? (['slurmHost', 'slurmCluster'] as const) : []),
      ...(options.podman ? (['podman'] as const) : []),
    ],
    flags: options.flags ?? FAST_EVICTION,
    release: options.release ?? 'current',
  };
  const onProgress = options.onProgress ?? ((line) => process.stderr.write(`testbed: ${line}\n`));

  const logFile = join(directory, 'supervisor.log');
  const log = openSync(logFile, 'a', 0o600);
  // Detached: Ctrl-C reaches this process only, and the supervisor hears of it in order.
  const supervisor = spawn(process.execPath, [SUPERVISOR, JSON.stringify(task)], {
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const exited = once(supervisor, 'exit');
  const tellToStop = () => {
    if (supervisor.connected) supervisor.send({ type: 'stop' } satisfies ToSupervisor, () => undefined);
  };
  options.signal?.addEventListener('abort', tellToStop, { once: true });
  if (options.signal?.aborted) tellToStop();
  const stop = async () => {
    tellToStop();
    await exited;
    if (supervisor.exitCode !== 0) throw new Error(`Cannot stop the testbed: its supervisor ended badly ${failure}`);
  };

  let failure = '';
  const data = await new Promise<TestbedData | undefined>((resolve) => {
    supervisor.on('message', (message: FromSupervisor) => {
      if (message.type === 'progress') onProgress(message.line);
      else if (message.type === 'ready') resolve(message.data);
      else failure = message.message;
    });
    supervisor.once('error', (error) => {
      failure = error.message;
    });
    supervisor.once('exit', () => resolve(undefined));
  });
  options.signal?.removeEventListener('abort', tellToStop);
  if (data !== undefined) return { ...data, stop };
  failure ||= readFileSync(logFile, 'utf8');
  await rm(directory, { recursive: true, force: true });
  throw new Error(`Cannot start the testbed: ${failure}`);
}
