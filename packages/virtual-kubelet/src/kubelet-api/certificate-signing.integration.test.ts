import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { certificateSigningRequests, KubeClient, loadClusterAccess } from '@interlink/kube';
import { describe, expect, inject, it, vi } from 'vitest';
import { kubectl } from '../../../../test/testbed/index.ts';
import { createCertificateRequest } from './certificate-request.ts';
import { kubernetesSigning } from './certificate-signing.ts';
import { CertificateStore } from './certificate-store.ts';
import { RequestedCertificate } from './requested-certificate.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { keepLogLines } from './testing/log-lines.ts';
import { SleepingClock } from './testing/sleeping-clock.ts';
import { startTestKubelet } from './testing/start-kubelet.ts';

// dev-cluster has no certificate requests.
const testbed = inject('testbed');
const waiting = { timeout: 30_000, interval: 100 };
const addresses = ['127.0.0.1'];

describe.skipIf(testbed.controlPlane === undefined)('kubernetesSigning() on the real API server', () => {
  it('makes one request of the same one, and tells that it was denied', async ({ onTestFinished }) => {
    const { signing, client, signal } = await open('signing-denied', onTestFinished);
    const { request } = await createCertificateRequest('signing-denied', addresses);
    const name = await signing.submit(request, signal);
    expect(await signing.submit(request, signal)).toBe(name);
    const { items } = await client.list(certificateSigningRequests, {});
    expect(items.filter(({ metadata }) => metadata?.name?.startsWith('signing-denied'))).toHaveLength(1);
    const decision = signing.decision(name, signal);
    await kubectl(testbed, ['certificate', 'deny', name]);
    expect(await decision).toEqual({ kind: 'refused', why: expect.stringMatching(/^Denied: KubectlDeny: /) });
  });

  it('tells that the request is gone, also when it is before anybody looks', async ({ onTestFinished }) => {
    const { signing, client, signal } = await open('signing-gone', onTestFinished);
    const { request } = await createCertificateRequest('signing-gone', addresses);
    const name = await signing.submit(request, signal);
    const decision = signing.decision(name, signal);
    await client.delete(certificateSigningRequests, { name });
    expect(await decision).toEqual({ kind: 'gone' });
    expect(await signing.decision(name, signal)).toEqual({ kind: 'gone' });
  });

  it('tells that the signer does not take it', async ({ onTestFinished }) => {
    const { signing, signal } = await open('signing-failed', onTestFinished);
    // Its common name is not that of a kubelet.
    const { request } = await createCertificateRequest('', []);
    const name = await signing.submit(request, signal);
    const decision = signing.decision(name, signal);
    await kubectl(testbed, ['certificate', 'approve', name]);
    expect(await decision).toEqual({
      kind: 'refused',
      why: expect.stringMatching(/^Failed: SignerValidationFailure: /),
    });
  });
});

describe.skipIf(testbed.controlPlane === undefined)('a certificate of the real signer', () => {
  it('is renewed in time, under connections that last', async ({ onTestFinished }) => {
    const { signing, client } = await open('signing-renewal', onTestFinished);
    const { logger } = keepLogLines();
    const clock = new SleepingClock(Date.now());
    const self = await createSelfSignedCertificate(['n'], Date.now());
    const certificate = await RequestedCertificate.load({
      nodeName: 'signing-renewal',
      addresses,
      signing,
      store: new CertificateStore(undefined, logger),
      fallback: { current: async () => self },
      tell: () => undefined,
      logger,
      clock: { nowMs: clock.nowMs, sleep: clock.sleep, random: () => 0.5 },
    });
    const ended = new AbortController();
    const running = certificate.run(ended.signal);
    onTestFinished(async () => {
      ended.abort();
      await running;
    });
    const { server } = await startTestKubelet({ certificate });
    const approveNext = async (known: number) => {
      const name = await vi.waitFor(async () => {
        const { items } = await client.list(certificateSigningRequests, {});
        const own = items.filter(({ metadata }) => metadata?.name?.startsWith('signing-renewal'));
        expect(own).toHaveLength(known + 1);
        return own.find(({ status }) => status?.certificate === undefined)?.metadata?.name ?? '';
      }, waiting);
      await kubectl(testbed, ['certificate', 'approve', name]);
    };

    await approveNext(0);
    const first = await vi.waitFor(() => issuedBy('interlink-testbed-ca', server.port), waiting);
    const lasting = await handshake(server.port);
    await clock.asleep();
    await clock.advance(0.81 * (Date.parse(first.validTo) - clock.nowMs()));
    await approveNext(1);
    await vi.waitFor(async () => {
      const second = await issuedBy('interlink-testbed-ca', server.port);
      expect(second.serialNumber).not.toBe(first.serialNumber);
      expect(second.publicKey.equals(first.publicKey)).toBe(false);
    }, waiting);
    lasting.write('GET /healthz HTTP/1.1\r\nhost: n\r\nconnection: close\r\n\r\n');
    const [answer] = (await once(lasting, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
  });
});

type OnTestFinished = (done: () => Promise<void>) => void;

async function open(nodeName: string, onTestFinished: OnTestFinished) {
  const client = new KubeClient(await loadClusterAccess({ kubeconfig: testbed.controlPlane?.kubeconfig, env: {} }));
  const { logger } = keepLogLines();
  onTestFinished(async () => {
    const { items } = await client.list(certificateSigningRequests, {});
    for (const { metadata } of items) {
      if (metadata?.name?.startsWith(nodeName))
        await client.delete(certificateSigningRequests, { name: metadata.name });
    }
    await client.close();
  });
  const signing = kubernetesSigning({ client, nodeName, signerName: 'kubernetes.io/kubelet-serving', logger });
  return { client, signing, signal: new AbortController().signal };
}

async function handshake(port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return socket;
}

async function issuedBy(issuer: string, port: number): Promise<X509Certificate> {
  const socket = await handshake(port);
  const certificate = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  expect(certificate.issuer).toBe(`CN=${issuer}`);
  return certificate;
}
