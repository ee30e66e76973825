import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlaneData } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { TcpBalancer } from '../../testbed/process/tcp-balancer.ts';
import { SitePart } from '../../testbed/site/site-part.ts';

export interface ReplicatedSite {
  readonly vk: SitePart;
  readonly sidecar: SitePart;
  readonly replicas: ReadonlyArray<SitePart>;
  stop(): Promise<void>;
}

/** A virtual kubelet with these nodes, a mock sidecar, and between them this many InterLinks behind a TCP balancer. */
export async function startReplicatedSite(
  { kubeconfig }: ControlPlaneData,
  nodeNames: ReadonlyArray<string>,
  replicaCount: number,
): Promise<ReplicatedSite> {
  const directory = await mkdtemp(join(tmpdir(), 'replicas-'));
  const [sidecarPort = 0, ...ports] = await findFreePorts(1 + replicaCount);
  const balancer = await TcpBalancer.start();
  balancer.balanceOver(ports);
  const configuration = join(directory, 'InterLinkConfig.yaml');
  // JSON is YAML.
  await writeFile(configuration, JSON.stringify({ VirtualNodes: nodeNames.map((Name) => ({ Name })) }));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    POD_IP: '127.0.0.1',
    INTERLINKCONFIGPATH: configuration,
    SIDECARURL: `http://127.0.0.1:${sidecarPort}`,
  };
  const part = (name: string, folder: string, args: string[], port: number) =>
    new SitePart({ name, args, directory: folder, env: { ...env, INTERLINKPORT: String(port) } });
  const folders = await Promise.all(ports.map(async () => await mkdtemp(join(directory, 'replica-'))));
  const vk = part('vk', directory, ['--port', '0', '--kubeconfig', kubeconfig], balancer.port);
  const sidecar = part('mock-sidecar', directory, [], balancer.port);
  const replicas = ports.map((port, index) => part('interlink', folders[index] ?? directory, [], port));
  const stop = async () => {
    await Promise.all([vk, sidecar, ...replicas].map(async (each) => await each.stop()));
    balancer.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    // The first to start makes the token of all.
    await sidecar.start('listening');
    await Promise.all([
      vk.start('backend within reach'),
      ...replicas.map(async (each) => await each.start('listening')),
    ]);
    return { vk, sidecar, replicas, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
