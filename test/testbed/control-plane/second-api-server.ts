import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { ControlPlaneData } from '../testbed-data.ts';
import { toApiServerFlags } from './flags.ts';
import { answersOk } from './https-probe.ts';
import { renderKubeconfig } from './kubeconfig.ts';

export interface SecondApiServerOptions {
  /** For its log and its kubeconfig; made when missing. */
  directory: string;
  /** Over those of the first. */
  flags: readonly string[];
  /** Default: any that is free. */
  port?: number;
}

/** One more API server on the testbed's etcd, with other flags: the same objects, seen by other rules. */
export interface SecondApiServer {
  server: string;
  /** Of an administrator. */
  kubeconfig: string;
  stop(): Promise<void>;
  /** `kill -9` */
  kill(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;

/** Starts it and returns when it is ready; it ends with `stop()`, or with this process. */
export async function startSecondApiServer(
  { kubectl, etcd, certificates }: ControlPlaneData,
  { directory, flags, port }: SecondApiServerOptions,
): Promise<SecondApiServer> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [apiServer = 0] = port === undefined ? await findFreePorts(1) : [port];
  const ports = { etcd: Number(new URL(etcd).port), apiServer };
  const process = new ServerProcess({
    name: 'the second kube-apiserver',
    file: join(dirname(kubectl), 'kube-apiserver'),
    args: [...toApiServerFlags({ certificates }, ports), ...flags],
    logFile: join(directory, 'kube-apiserver.log'),
  });
  const server = `https://127.0.0.1:${apiServer}`;
  const read = (file: string) => readFile(file, 'utf8');
  try {
    const [ca, cert, key] = await Promise.all([
      read(certificates.ca.certFile),
      read(certificates.admin.certFile),
      read(certificates.admin.keyFile),
    ]);
    await waitUntilReady(process, () => answersOk(`${server}/readyz`, { ca, cert, key }), {
      timeoutMs: READY_TIMEOUT_MS,
      signal: new AbortController().signal,
    });
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, renderKubeconfig({ server, ca, clientCertificate: cert, clientKey: key }), {
      mode: 0o600,
    });
    return { server, kubeconfig, stop: () => process.stop(), kill: () => process.stop('SIGKILL') };
  } catch (error) {
    await process.stop();
    throw error;
  }
}
