import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { type ServerCommand, ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { ControlPlaneData } from '../testbed-data.ts';
import { type Binaries, ensureBinaries, type Release } from './binaries.ts';
import { createCertificates } from './certificates.ts';
import {
  type ControlPlaneFiles,
  type ExtraFlags,
  type Ports,
  toApiServerFlags,
  toControllerManagerFlags,
  toEtcdFlags,
  toSchedulerFlags,
} from './flags.ts';
import { answersOk } from './https-probe.ts';
import { renderKubeconfig } from './kubeconfig.ts';

export interface ControlPlaneOptions {
  directory: string;
  release: Release;
  flags: ExtraFlags;
  onProgress: (line: string) => void;
  signal: AbortSignal;
  /** Takes what ends the servers again; filled also when the start fails. */
  cleanUp: AsyncDisposableStack;
}

const ATTEMPTS = 3;
const READY_TIMEOUT_MS = 60_000;

/** Starts etcd, API server, controller manager and scheduler on loopback; returns when all of them are ready. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlaneData> {
  const binaries = await ensureBinaries(options.release, options);
  for (let attempt = 1; ; attempt += 1) {
    await using servers = new AsyncDisposableStack();
    try {
      const data = await startServers(binaries, options, servers);
      options.cleanUp.use(servers.move());
      return data;
    } catch (error) {
      // A port that was free when it was chosen may be taken when it is used.
      const isPortTaken = error instanceof Error && error.message.includes('address already in use');
      if (!isPortTaken || attempt === ATTEMPTS) throw error;
      options.onProgress('A chosen port was taken in between: starting the control plane again on others.');
      await rm(options.directory, { recursive: true, force: true });
    }
  }
}

async function startServers(
  binaries: Binaries,
  { directory, flags, release, signal }: ControlPlaneOptions,
  servers: AsyncDisposableStack,
): Promise<ControlPlaneData> {
  await mkdir(directory, { mode: 0o700, recursive: true });
  const ports = await choosePorts();
  const server = `https://127.0.0.1:${ports.apiServer}`;
  const files = await writeFiles(directory, server);
  const { certificates } = files;
  const [ca, cert, key] = await readAll([
    certificates.ca.certFile,
    certificates.admin.certFile,
    certificates.admin.keyFile,
  ]);

  const start = (name: string, file: string, args: readonly string[], isReady: () => Promise<boolean>) => {
    signal.throwIfAborted();
    const command: ServerCommand = { name, file, args, logFile: join(directory, `${name}.log`) };
    const process = new ServerProcess(command);
    servers.defer(() => process.stop());
    return waitUntilReady(process, isReady, { timeoutMs: READY_TIMEOUT_MS, signal });
  };

  const etcdUrl = `http://127.0.0.1:${ports.etcd}/health`;
  await start('etcd', binaries.etcd, [...toEtcdFlags(files, ports), ...(flags.etcd ?? [])], () =>
    fetch(etcdUrl).then(
      (response) => response.ok,
      () => false,
    ),
  );
  await start(
    'kube-apiserver',
    binaries.kubeApiserver,
    [...toApiServerFlags(files, ports), ...(flags.kubeApiserver ?? [])],
    () => answersOk(`${server}/readyz`, { ca, cert, key }),
  );
  await Promise.all([
    start(
      'kube-controller-manager',
      binaries.kubeControllerManager,
      [...toControllerManagerFlags(files, ports), ...(flags.kubeControllerManager ?? [])],
      // No pod can be made in a namespace before its service account is there.
      () => answersOk(`${server}/api/v1/namespaces/default/serviceaccounts/default`, { ca, cert, key }),
    ),
    start(
      'kube-scheduler',
      binaries.kubeScheduler,
      [...toSchedulerFlags(files, ports), ...(flags.kubeScheduler ?? [])],
      // Before 1.31 it has no /readyz.
      () => answersOk(`https://127.0.0.1:${ports.scheduler}/healthz`, { ca }),
    ),
  ]);
  const { version, kubectl } = binaries;
  const etcd = `http://127.0.0.1:${ports.etcd}`;
  return { server, etcd, release, version, kubeconfig: files.kubeconfig, kubectl, certificates };
}

async function choosePorts(): Promise<Ports> {
  const [etcd = 0, etcdPeer = 0, apiServer = 0, controllerManager = 0, scheduler = 0] = await findFreePorts(5);
  return { etcd, etcdPeer, apiServer, controllerManager, scheduler };
}

async function writeFiles(directory: string, server: string): Promise<ControlPlaneFiles> {
  const certificates = await createCertificates(directory);
  const [ca, clientCertificate, clientKey] = await readAll([
    certificates.ca.certFile,
    certificates.admin.certFile,
    certificates.admin.keyFile,
  ]);
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, renderKubeconfig({ server, ca, clientCertificate, clientKey }), { mode: 0o600 });
  return { directory, kubeconfig, certificates };
}

function readAll(files: readonly [string, string, string]): Promise<[string, string, string]> {
  const read = (file: string) => readFile(file, 'utf8');
  return Promise.all([read(files[0]), read(files[1]), read(files[2])]);
}
