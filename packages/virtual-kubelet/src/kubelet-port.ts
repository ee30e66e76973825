import { createAuthorize } from './kubelet-api/authorize.ts';
import { kubernetesSigning } from './kubelet-api/certificate-signing.ts';
import { CertificateStore } from './kubelet-api/certificate-store.ts';
import { loadClientCa, publishedClientCa } from './kubelet-api/client-ca.ts';
import { type KubeletServer, startKubeletServer } from './kubelet-api/kubelet-server.ts';
import type { MetricsSource } from './kubelet-api/metrics-handler.ts';
import { kubernetesReviews } from './kubelet-api/reviews.ts';
import { loadServingCertificate, type ServingCertificate } from './kubelet-api/serving-certificate.ts';
import { nodeReference } from './node/node-reference.ts';
import type { PodController } from './pods/pod-controller.ts';
import type { VirtualNodeOptions } from './virtual-node-options.ts';

/** What the port shows: from files, else asked of the cluster, else signed by itself. */
export async function loadNodeCertificate(options: VirtualNodeOptions): Promise<ServingCertificate> {
  const { name: nodeName, address, kubeletFiles, certificateSigner, client, events, logger } = options;
  const request =
    certificateSigner === undefined
      ? undefined
      : {
          signing: kubernetesSigning({ client, nodeName, signerName: certificateSigner, logger }),
          store: new CertificateStore(kubeletFiles.state, logger),
          tell: (type: 'Normal' | 'Warning', reason: string, message: string) =>
            events.record(nodeReference(nodeName), type, reason, message),
        };
  return await loadServingCertificate({
    certFile: kubeletFiles.cert,
    keyFile: kubeletFiles.key,
    nodeName,
    addresses: [address],
    request,
    logger,
  });
}

export interface KubeletPortParts {
  readonly pods: PodController;
  readonly certificate: ServingCertificate;
  readonly metrics: MetricsSource;
}

/** Opens the node's kubelet port. @throws InterLinkError when it can't be had */
export async function openKubeletPort(
  options: VirtualNodeOptions,
  { pods, certificate, metrics }: KubeletPortParts,
): Promise<KubeletServer> {
  const { name, address, kubeletPort, kubeletFiles, provider, logger, client, streamTimeouts } = options;
  return await startKubeletServer({
    host: listenHost(address),
    port: kubeletPort,
    nodeName: name,
    certificate,
    clientCa: await loadClientCa({
      file: kubeletFiles.clientCa,
      readPublished: async () => await publishedClientCa(client),
      logger,
    }),
    authorize: createAuthorize({ reviews: kubernetesReviews(client), nodeName: name, logger }),
    pods,
    logs: async (uid, container, logOptions, signal) => await provider.logs(uid, container, logOptions, signal),
    streamTimeouts,
    streams: provider,
    metrics,
    requests: options.metrics.http,
    logger,
  });
}

/** Everywhere, unless the node is to be reached on this machine only. */
export function listenHost(address: string): string {
  return address.startsWith('127.') ? address : '0.0.0.0';
}
