import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { findFreePorts } from '../process/free-ports.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { ControlPlaneData } from '../testbed-data.ts';
import { ensureMetricsServer } from './binary.ts';
import { metricsServerObjects } from './objects.ts';

export interface MetricsServerOptions {
  controlPlane: ControlPlaneData;
  /** For its files; made when missing. */
  directory: string;
  signal: AbortSignal;
}

/** metrics-server asks nodes this often; it takes no less. */
const resolutionSeconds = 10;
const readyTimeoutMs = 120_000;

/**
 * Starts a real metrics-server for the cluster, under its own ServiceAccount. Returns when the API server answers for it.
 * @returns ends it, the API group first: a group that nobody answers for keeps namespaces from going
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<() => Promise<void>> {
  const { controlPlane, directory, signal } = options;
  const onProgress = (line: string) => void process.stderr.write(`testbed: ${line}\n`);
  const file = await ensureMetricsServer({ onProgress, signal });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [port = 0] = await findFreePorts(1);
  const objects = metricsServerObjects({ address: ownAddress(), port });
  const items = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await run(controlPlane, ['apply', '-f', '-'], items);
  const token = (await run(controlPlane, ['-n', 'kube-system', 'create', 'token', 'metrics-server'])).trim();
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, await renderTokenKubeconfig(controlPlane, token), { mode: 0o600 });
  const server = new ServerProcess({
    name: 'metrics-server',
    file,
    args: [
      `--secure-port=${port}`,
      `--cert-dir=${join(directory, 'certificates')}`,
      ...['--kubeconfig', '--authentication-kubeconfig', '--authorization-kubeconfig'].map(
        (flag) => `${flag}=${kubeconfig}`,
      ),
      '--kubelet-preferred-address-types=InternalIP',
      '--kubelet-use-node-status-port',
      // The kubelet port's certificate is self-signed.
      '--kubelet-insecure-tls',
      `--metric-resolution=${resolutionSeconds}s`,
      `--kubelet-request-timeout=${resolutionSeconds - 1}s`,
    ],
    logFile: join(directory, 'metrics-server.log'),
  });
  const end = async () => {
    await run(controlPlane, ['delete', '--ignore-not-found', '-f', '-'], items).finally(() => server.stop());
  };
  try {
    await waitUntilReady(server, () => isServed(controlPlane), { timeoutMs: readyTimeoutMs, signal });
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

async function isServed(controlPlane: ControlPlaneData): Promise<boolean> {
  const { exitCode } = await kubectl({ controlPlane }, ['get', '--raw', '/apis/metrics.k8s.io/v1beta1']);
  return exitCode === 0;
}

/** An address of this machine that is not loopback. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (found === undefined) throw new Error('Cannot start metrics-server: this machine has loopback addresses only');
  return found;
}

async function renderTokenKubeconfig({ server, certificates }: ControlPlaneData, token: string): Promise<string> {
  const ca = (await readFile(certificates.ca.certFile)).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'testbed', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'metrics-server', user: { token } }],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'metrics-server' } }],
    'current-context': 'testbed',
  });
}

async function run(controlPlane: ControlPlaneData, args: string[], input?: string): Promise<string> {
  const { stdout, stderr, exitCode } = await kubectl({ controlPlane }, args, {
    timeoutMs: 60_000,
    ...(input === undefined ? {} : { input }),
  });
  if (exitCode === 0) return stdout;
  throw new Error(`kubectl ${args.join(' ')} exited with code ${exitCode}: ${stderr.trim()}`);
}
