import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '../../test/testbed/process/free-ports.ts';
import { Site } from '../../test/testbed/site/site.ts';
import { SitePart } from '../../test/testbed/site/site-part.ts';
import type { System, SystemOptions } from './system.ts';

const virtualNodeCount = 100;
const kubeletCount = 10;

/** One Virtual Kubelet with many virtual nodes. */
export async function startVirtualNodes({ directory, cluster, binaries }: SystemOptions): Promise<System> {
  const nodeNames = namesOf('scale-node', virtualNodeCount);
  const [nodeName = ''] = nodeNames;
  const virtualNodes = nodeNames.map((Name) => ({ Name }));
  const { kubeconfig } = cluster;
  const site = await Site.start({ directory, kubeconfig, nodeName, virtualNodes, sidecar: 'mock', binaries });
  return {
    name: 'nodes',
    nodeNames,
    pids: Object.fromEntries(site.parts.map(({ name, pid }) => [name, pid])),
    stop: async () => await site.stop(),
  };
}

/** Many Virtual Kubelets, with a node and a sidecar each, and one InterLink between them. */
export async function startKubelets({ directory, cluster, binaries }: SystemOptions): Promise<System> {
  const nodeNames = namesOf('scale-kubelet', kubeletCount);
  const [interlinkPort = 0, ...sidecarPorts] = await findFreePorts(1 + kubeletCount);
  const urls = sidecarPorts.map((port) => `http://127.0.0.1:${port}`);
  const configuration = join(directory, 'InterLinkConfig.json');
  const Sidecars = nodeNames.map((node, index) => ({ Name: node, URL: urls[index], Nodes: [node] }));
  await writeFile(configuration, JSON.stringify({ Sidecars }));
  const partOf = async (name: string, number: number, args: string[], variables: Record<string, string> = {}) => {
    const folder = join(directory, String(number));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const env = {
      ...{ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', POD_IP: '127.0.0.1' },
      // One account, and so one token, for all.
      XDG_CONFIG_HOME: join(directory, 'config'),
      XDG_STATE_HOME: join(folder, 'state'),
      INTERLINKPORT: String(interlinkPort),
      ...variables,
    };
    return new SitePart({ name, args, env, directory: folder, binaries });
  };
  const interlink = await partOf('interlink', 0, [], { INTERLINKCONFIGPATH: configuration });
  await interlink.start('listening');
  const sidecars = await Promise.all(
    urls.map(async (url, index) => await partOf('mock-sidecar', index, [], { SIDECARURL: url })),
  );
  await Promise.all(sidecars.map(async (sidecar) => await sidecar.start('listening')));
  const kubelets = await Promise.all(
    nodeNames.map(async (node, index) => {
      const args = ['--nodename', node, '--port', '0', '--kubeconfig', cluster.kubeconfig];
      return await partOf('vk', index, args);
    }),
  );
  await Promise.all(kubelets.map(async (kubelet) => await kubelet.start('backend within reach')));
  const parts = { interlink: [interlink], vk: kubelets, 'mock-sidecar': sidecars };
  const numbered = Object.entries(parts).flatMap(([name, all]) =>
    all.map(({ pid }, index) => [all.length === 1 ? name : `${name} ${index + 1}`, pid] as const),
  );
  return {
    name: 'kubelets',
    nodeNames,
    pids: Object.fromEntries(numbered),
    stop: async () => void (await Promise.all([...kubelets, interlink, ...sidecars].map((part) => part.stop()))),
  };
}

function namesOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}
