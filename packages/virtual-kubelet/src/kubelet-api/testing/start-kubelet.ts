import type { AgentOptions } from 'node:https';
import { onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../../../../test/testbed/certificate-authority.ts';
import { createAuthorize } from '../authorize.ts';
import type { KubeletServer, KubeletServerOptions } from '../kubelet-server.ts';
import { startKubeletServer } from '../kubelet-server.ts';
import type { Reviews } from '../reviews.ts';
import { createSelfSignedCertificate } from '../self-signed-certificate.ts';
import { HttpsClient } from './https-client.ts';
import { keepLogLines } from './log-lines.ts';
import { containerStatus, lookupOf, samplePod } from './sample-pod.ts';

const statuses = [
  containerStatus('c', { running: {} }),
  containerStatus('w', { waiting: { reason: 'ContainerCreating' } }),
];

/** Knows the token `good` of user `alice`, who may do nothing but read logs. */
const reviews: Reviews = {
  whoIs: async (token) => (token === 'good' ? { user: 'alice', groups: [] } : undefined),
  isAllowed: async ({ user }, { verb, subresource }) => user === 'alice' && verb === 'get' && subresource === 'proxy',
};

/** A running kubelet port with pod `ns/p`, whose client CA and serving certificate a test may replace. */
export interface TestKubelet {
  server: KubeletServer;
  ca: CertificateAuthority;
  trust: { pair: Awaited<ReturnType<typeof createSelfSignedCertificate>>; ca: string | undefined };
  /** Whatever was logged. */
  everything: readonly string[];
  /** A client with these TLS options. */
  client(options?: AgentOptions): HttpsClient;
  /** A client with a certificate in group `system:masters`. */
  admin(): Promise<HttpsClient>;
}

/** Starts a kubelet port that ends with the test. */
export async function startTestKubelet(options: Partial<KubeletServerOptions> = {}): Promise<TestKubelet> {
  const ca = await CertificateAuthority.create();
  const trust: TestKubelet['trust'] = {
    pair: await createSelfSignedCertificate(['n'], Date.now()),
    ca: ca.certificate,
  };
  const { logger, everything } = keepLogLines();
  const server = await startKubeletServer({
    host: '127.0.0.1',
    port: 0,
    nodeName: 'n',
    certificate: { current: async () => trust.pair },
    clientCa: { current: async () => trust.ca },
    authorize: createAuthorize({ reviews, nodeName: 'n', logger }),
    pods: lookupOf([{ pod: samplePod(statuses), report: undefined }]),
    logs: () => Promise.reject(new Error('no logs in this test')),
    logger,
    recheckMs: 5,
    ...options,
  });
  const clients: HttpsClient[] = [];
  const client = (tls: AgentOptions = {}) => {
    const made = new HttpsClient(server.port, tls);
    clients.push(made);
    return made;
  };
  onTestFinished(async () => {
    for (const made of clients) made.close();
    await server.close();
  });
  const admin = async () => client(await ca.issue({ user: 'admin', groups: ['system:masters'] }));
  return { server, ca, trust, everything, client, admin };
}
