import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubeClient, nodes } from '@interlink/kube';
import { ensureKwok } from '../../test/testbed/kwok/kwok.ts';
import { ServerProcess } from '../../test/testbed/process/server-process.ts';
import { Site } from '../../test/testbed/site/site.ts';
import type { ControlPlaneData } from '../../test/testbed/testbed-data.ts';
import { waitUntil } from '../wait-until.ts';
import { type Extra, variablesFor } from './extras.ts';
import { startKubelets, startVirtualNodes } from './many.ts';

/** What makes pods of a node run, or pretends to. */
export interface System {
  readonly name: SystemName;
  /** Its virtual nodes, which get its pods in turn. */
  readonly nodeNames: ReadonlyArray<string>;
  /** Its processes by what they are called. */
  readonly pids: Readonly<Record<string, number>>;
  /** Where it is InterLink with one node, whose backend can be asked. */
  readonly site?: Site;
  stop(): Promise<void>;
}

/** `nodes`: one Virtual Kubelet with many nodes; `kubelets`: many of them, and of sidecars, and one InterLink. */
export type SystemName = 'kwok' | 'interlink' | 'nodes' | 'kubelets';

export interface SystemOptions {
  readonly directory: string;
  readonly cluster: ControlPlaneData;
  readonly client: KubeClient;
  /** Folder of executables to run in place of the sources. */
  readonly binaries: string | undefined;
  /** Of InterLink with one node. */
  readonly with: ReadonlySet<Extra>;
}

const starters = { kwok: startKwok, interlink: startInterLink, nodes: startVirtualNodes, kubelets: startKubelets };

/** Starts one, and returns when its node is ready. */
export async function startSystem(name: SystemName, options: SystemOptions): Promise<System> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  return await starters[name](options);
}

async function startInterLink({ directory, cluster, binaries, with: extras }: SystemOptions): Promise<System> {
  const { kubeconfig } = cluster;
  const env = await variablesFor(extras, directory);
  const nodeName = 'scale-interlink';
  const site = await Site.start({ directory, kubeconfig, nodeName, sidecar: 'mock', binaries, env });
  return {
    name: 'interlink',
    nodeNames: [site.nodeName],
    pids: Object.fromEntries(site.parts.map(({ name, pid }) => [name, pid])),
    site,
    stop: async () => await site.stop(),
  };
}

async function startKwok({ directory, cluster, client }: SystemOptions): Promise<System> {
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  const { program, stages } = await ensureKwok({ onProgress, signal: new AbortController().signal });
  const nodeName = 'scale-kwok';
  await client.create(nodes, {}, { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } });
  const args = [
    `--kubeconfig=${cluster.kubeconfig}`,
    `--manage-single-node=${nodeName}`,
    ...['--node-ip=127.0.0.1', '--node-lease-duration-seconds=40', '--cidr=10.0.0.1/16'],
    ...stages.map((stage) => `--config=${stage}`),
  ];
  const server = new ServerProcess({ name: 'kwok', file: program, args, logFile: join(directory, 'kwok.log') });
  await waitUntil(async () => {
    if (server.hasExited) throw server.failure('start KWOK');
    const { status } = await client.get(nodes, { name: nodeName });
    return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  });
  return { name: 'kwok', nodeNames: [nodeName], pids: { kwok: server.pid }, stop: async () => await server.stop() };
}
