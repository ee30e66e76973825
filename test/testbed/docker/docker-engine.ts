import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inOwnNamespace, killChildren } from '../process/own-namespace.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { DockerData } from '../testbed-data.ts';
import { createBridge } from './bridge.ts';
import { importBusyboxImage } from './busybox-image.ts';
import { answersPing, DockerDaemon } from './docker-daemon.ts';
import { removeContainersAndNetworks } from './engine-contents.ts';
import { createRunDirectories, type EngineTraces, removeTraces, thawWhile } from './engine-traces.ts';

export interface DockerEngineOptions {
  directory: string;
  traces: EngineTraces;
  signal: AbortSignal;
  /** Takes what ends the engine again; filled also when the start fails. */
  cleanUp: AsyncDisposableStack;
  /** Containers run on while dockerd does not (`--live-restore`), which then can be stopped alone; default false. */
  liveRestore?: boolean | undefined;
}

const READY_TIMEOUT_MS = 60_000;
/** Empty; without it dockerd reads the machine's own configuration. */
const CONFIG_FILE = 'daemon.json';
const PID_FILE = 'dockerd.pid';

/** /run/containerd is a fresh one, so that it has a containerd of its own. */
const MOUNTS = ['mount --make-rshared /', 'mount -t tmpfs tmpfs /run/containerd', 'mount -t tmpfs tmpfs /run/docker'];

/** An engine of the testbed. */
export interface DockerEngine {
  readonly data: DockerData;
  /** With `liveRestore`: dockerd without what it runs. */
  readonly daemon: DockerDaemon;
  /** Ends dockerd and all that it runs, as when its machine goes down: SIGTERM in order, SIGKILL when the power fails. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again with what it has on disk; returns when it answers. */
  start(): Promise<void>;
  /** Both, in order. */
  restart(): Promise<void>;
}

/**
 * Starts a Docker Engine beside whatever engine the machine has; returns when it answers and has its images. It lives in a mount and a
 * process namespace of its own. The network is the host's: published ports and container addresses can be reached.
 */
export async function startDockerEngine(options: DockerEngineOptions): Promise<DockerEngine> {
  const { directory, traces, signal, cleanUp, liveRestore = false } = options;
  signal.throwIfAborted();
  await mkdir(directory, { mode: 0o700 });
  const socket = join(directory, 'docker.sock');
  cleanUp.defer(() => removeTraces(traces));
  const bridge = await createBridge(traces.bridge);
  await createRunDirectories(traces);
  await writeFile(join(directory, CONFIG_FILE), '{}');
  const [pidFile, downs] = [join(directory, PID_FILE), join(directory, 'downs')];
  await mkdir(downs);
  const daemon = new DockerDaemon({ socket, pidFile, downs });
  const flags = toDockerdFlags(directory, socket, bridge.prefix, traces);
  const [program, programArgs] = liveRestore
    ? daemon.toCommandLine(['dockerd', ...flags, '--live-restore'])
    : ['dockerd', flags];
  let server: ServerProcess | undefined;
  const start = async () => {
    // Left behind by one that had to be killed; in its namespace some other process may have that number now.
    await rm(pidFile, { force: true });
    const [file, args] = inOwnNamespace(program, programArgs, MOUNTS);
    server = new ServerProcess({
      name: 'dockerd',
      file,
      args,
      logFile: join(directory, 'dockerd.log'),
      kill: killChildren,
    });
    await waitUntilReady(server, () => answersPing(socket), { timeoutMs: READY_TIMEOUT_MS, signal });
  };
  cleanUp.defer(() => thawWhile(traces.cgroup, async () => await server?.stop()));
  await start();
  cleanUp.defer(() => removeContainersAndNetworks(socket));
  await importBusyboxImage(socket, directory);
  const stop = async (how: 'SIGTERM' | 'SIGKILL') => await server?.stop(how);
  const restart = async () => {
    await stop('SIGTERM');
    await start();
  };
  return { data: { host: `unix://${socket}`, socket, subnetPrefix: bridge.prefix }, daemon, stop, start, restart };
}

function toDockerdFlags(directory: string, socket: string, prefix: string, traces: EngineTraces): string[] {
  return [
    `--data-root=${join(directory, 'data')}`,
    `--exec-root=${join(directory, 'exec')}`,
    `--pidfile=${join(directory, PID_FILE)}`,
    `--config-file=${join(directory, CONFIG_FILE)}`,
    `--host=unix://${socket}`,
    `--bridge=${traces.bridge}`,
    `--default-address-pool=base=${prefix}.128.0/17,size=24`,
    `--cgroup-parent=${traces.cgroup}`,
    // Registries of the testbed's on its own networks speak HTTP, as those on loopback.
    `--insecure-registry=${prefix}.0.0/16`,
    '--exec-opt=native.cgroupdriver=cgroupfs',
    // dockerd clears the chain DOCKER when it starts, which is that of an engine the machine has: published ports go by
    // docker-proxy. The machine's forwarding stays as it is; containers reach each other and the host, nothing beyond.
    ...['--iptables=false', '--ip6tables=false', '--ip-masq=false', '--ip-forward=false', '--userland-proxy=true'],
  ];
}
