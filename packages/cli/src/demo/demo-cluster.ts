import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeClient, loadClusterAccess } from '@interlink/kube';
import type { DemoFlags } from '../commands/interlink/demo.ts';

/** A cluster to show things on. */
export interface DemoCluster {
  readonly description: string;
  readonly client: KubeClient;
  /** For the virtual kubelet and for the user's shell; undefined: where everybody finds it. */
  readonly kubeconfig: string | undefined;
  /** On this machine's loopback: the kubelet port need not be reachable from elsewhere. */
  readonly isLocal: boolean;
  /** It ends with the demo. */
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

/** @throws InterLinkError when there is no existing cluster within reach of the kubeconfig */
export async function openCluster(flags: DemoFlags, directory: string): Promise<DemoCluster> {
  return flags.cluster === 'existing' ? await existingCluster(flags.kubeconfig) : await embeddedCluster(directory);
}

async function embeddedCluster(directory: string): Promise<DemoCluster> {
  const { startDevCluster } = await import('@interlink/dev-cluster');
  const cluster = await startDevCluster();
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  const client = new KubeClient(await loadClusterAccess({ kubeconfig, env: {} }));
  return {
    description: `${cluster.server}  a Kubernetes API in memory, for trying things out`,
    client,
    kubeconfig,
    isLocal: true,
    isEmbedded: true,
    close: async () => {
      await client.close();
      await cluster.close();
    },
  };
}

async function existingCluster(kubeconfig: string | undefined): Promise<DemoCluster> {
  const access = await loadClusterAccess(kubeconfig === undefined ? {} : { kubeconfig });
  const client = new KubeClient(access);
  return {
    description: `${access.server.href.replace(/\/$/, '')}  of ${access.source}`,
    client,
    kubeconfig,
    isLocal: ['127.0.0.1', 'localhost', '[::1]'].includes(access.server.hostname),
    isEmbedded: false,
    close: async () => await client.close(),
  };
}
