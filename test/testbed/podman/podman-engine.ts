import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBridge, deleteBridges } from '../docker/bridge.ts';
import { importBusyboxImage } from '../docker/busybox-image.ts';
import { requestEngine } from '../docker/engine-api.ts';
import { removeContainersAndNetworks } from '../docker/engine-contents.ts';
import { inOwnNamespace, killChildren } from '../process/own-namespace.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { PodmanData } from '../testbed-data.ts';
import { renderContainersConf, renderDefaultNetwork } from './podman-conf.ts';

export interface PodmanEngineOptions {
  directory: string;
  /** Name of its network interface. */
  bridge: string;
  signal: AbortSignal;
  /** Takes what ends it again; filled also when the start fails. */
  cleanUp: AsyncDisposableStack;
}

const READY_TIMEOUT_MS = 60_000;

/** Podman has state in /run and locks in /dev/shm wherever its root is: whatever the machine's own has there is not seen. */
const MOUNTS = ['mount --make-rshared /', 'mount -t tmpfs tmpfs /run', 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm'];

/**
 * Starts Podman's Docker-compatible socket, as root, beside whatever Podman the machine has; returns when it answers and has its images.
 * It lives in a mount and a process namespace of its own, and ends with all of its containers. Their addresses can be reached.
 */
export async function startPodmanEngine(options: PodmanEngineOptions): Promise<PodmanData> {
  const { directory, bridge, signal, cleanUp } = options;
  signal.throwIfAborted();
  const networks = join(directory, 'networks');
  await mkdir(networks, { recursive: true, mode: 0o700 });
  const conf = join(directory, 'containers.conf');
  await writeFile(conf, renderContainersConf(networks));
  cleanUp.defer(() => deleteBridges(bridge));
  const { prefix } = await createBridge(bridge);
  await writeFile(join(networks, 'podman.json'), renderDefaultNetwork({ bridge, prefix }));
  const socket = join(directory, 'podman.sock');
  const [file, args] = inOwnNamespace('podman', toFlags(directory, socket), MOUNTS);
  const server = new ServerProcess({
    name: 'podman',
    file,
    args,
    logFile: join(directory, 'podman.log'),
    env: { ...process.env, CONTAINERS_CONF: conf },
    kill: killChildren,
  });
  cleanUp.defer(() => server.stop());
  await waitUntilReady(server, () => answersPing(socket), { timeoutMs: READY_TIMEOUT_MS, signal });
  cleanUp.defer(() => removeContainersAndNetworks(socket));
  await importBusyboxImage(socket, directory);
  return { host: `unix://${socket}`, socket };
}

function toFlags(directory: string, socket: string): string[] {
  return [
    ...['--root', join(directory, 'root'), '--runroot', join(directory, 'run'), '--tmpdir', join(directory, 'tmp')],
    // Needs nothing of the file system below it.
    ...['--storage-driver', 'vfs'],
    ...['system', 'service', '--time=0', `unix://${socket}`],
  ];
}

function answersPing(socket: string): Promise<boolean> {
  return requestEngine(socket, { method: 'GET', path: '/_ping' }).then(
    ({ status }) => status === 200,
    () => false,
  );
}
