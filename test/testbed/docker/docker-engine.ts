import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inOwnNamespace, killChildren } from '../process/own-namespace.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { DockerData } from '../testbed-data.ts';
import { createBridge } from './bridge.ts';
import { importBusyboxImage } from './busybox-image.ts';
import { requestEngine } from './engine-api.ts';
import { removeContainersAndNetworks } from './engine-contents.ts';
import { createRunDirectories, type EngineTraces, removeTraces, thawWhile } from './engine-traces.ts';

export interface DockerEngineOptions {
  directory: string;
  traces: EngineTraces;
  signal: AbortSignal;
  /** Takes what ends the engine again; filled also when the start fails. */
  cleanUp: AsyncDisposableStack;
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
  /** Ends dockerd and all that it runs, as when its machine goes down, and starts it again with what it has on disk. */
  restart(): Promise<void>;
}

/**
 * Starts a Docker Engine beside whatever engine the machine has; returns when it answers and has its images. It lives in a mount and a
 * process namespace of its own. The network is the host's: published ports and container addresses can be reached.
 */
export async function startDockerEngine(options: DockerEngineOptions): Promise<DockerEngine> {
  const { directory, traces, signal, cleanUp } = options;
  signal.throwIfAborted();
  await mkdir(directory, { mode: 0o700 });
  const socket = join(directory, 'docker.sock');
  cleanUp.defer(() => removeTraces(traces));
  const bridge = await createBridge(traces.bridge);
  await createRunDirectories(traces);
  await writeFile(join(directory, CONFIG_FILE), '{}');
  let server: ServerProcess | undefined;
  const start = async () => {
    // Left behind by one that had to be killed; in its namespace some other process may have that number now.
    await rm(join(directory, PID_FILE), { force: true });
    const [file, args] = inOwnNamespace('dockerd', toDockerdFlags(directory, socket, bridge.prefix, traces), MOUNTS);
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
  const restart = async () => {
    await server?.stop();
    await start();
  };
  return { data: { host: `unix://${socket}`, socket, subnetPrefix: bridge.prefix }, restart };
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

function answersPing(socket: string): Promise<boolean> {
  return requestEngine(socket, { method: 'GET', path: '/_ping' }).then(
    ({ status }) => status === 200,
    () => false,
  );
}
