import {
  type ContainerStatus,
  KubeClient,
  loadClusterAccess,
  namespaces,
  nodes,
  type Pod,
  pods,
  serviceAccounts,
} from '@interlink/kube';
import { vi } from 'vitest';
import { createAuthorize } from '../authorize.ts';
import { loadClientCa, publishedClientCa } from '../client-ca.ts';
import { type KubeletServer, type KubeletServerOptions, startKubeletServer } from '../kubelet-server.ts';
import { kubernetesReviews } from '../reviews.ts';
import { loadServingCertificate } from '../serving-certificate.ts';
import { keepLogLines } from './log-lines.ts';

/** A kubelet port that the API server knows as a node of this name, with pod `p` in the namespace of the same name. */
export interface KubectlNode {
  client: KubeClient;
  server: KubeletServer;
  /** Whatever was logged. */
  everything: readonly string[];
  close(): Promise<void>;
}

export interface KubectlNodeOptions extends Partial<KubeletServerOptions> {
  name: string;
  kubeconfig: string;
  containers: readonly { name: string; tty?: boolean; stdin?: boolean }[];
  containerStatuses: ContainerStatus[];
}

export async function startKubectlNode(options: KubectlNodeOptions): Promise<KubectlNode> {
  const { name, kubeconfig, containers, containerStatuses } = options;
  const client = new KubeClient(await loadClusterAccess({ kubeconfig, env: {} }));
  const { logger, everything } = keepLogLines();
  let pod: Pod | undefined;
  const server = await startKubeletServer({
    host: '127.0.0.1',
    port: 0,
    nodeName: name,
    certificate: await loadServingCertificate({ nodeName: name, addresses: ['127.0.0.1'], logger }),
    clientCa: await loadClientCa({ readPublished: () => publishedClientCa(client), logger }),
    authorize: createAuthorize({ reviews: kubernetesReviews(client), nodeName: name, logger }),
    pods: { find: () => pod && { pod, report: undefined }, all: () => (pod ? [pod] : []) },
    logs: () => Promise.reject(new Error('no logs in this test')),
    logger,
    recheckMs: 50,
    ...options,
  });
  await client.create(nodes, {}, { metadata: { name } });
  const nodeStatus = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: server.port } },
  };
  await client.patch(nodes, { name, subresource: 'status' }, { status: nodeStatus }, { kind: 'merge' });
  await client.create(namespaces, {}, { metadata: { name } });
  // Pods are refused until the controller manager has made the namespace's account.
  await vi.waitFor(() => client.get(serviceAccounts, { namespace: name, name: 'default' }), { timeout: 20_000 });
  const spec = { nodeName: name, containers: containers.map((container) => ({ image: 'busybox', ...container })) };
  await client.create(pods, { namespace: name }, { metadata: { name: 'p' }, spec });
  const at = { namespace: name, name: 'p', subresource: 'status' };
  const status = { phase: 'Running', containerStatuses };
  pod = await client.patch(pods, at, { status }, { kind: 'merge' });
  return {
    client,
    server,
    everything,
    async close() {
      await client.delete(pods, { namespace: name, name: 'p' }, { gracePeriodSeconds: 0 });
      await client.delete(namespaces, { name });
      await client.delete(nodes, { name });
      await client.close();
      await server.close();
    },
  };
}
