import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import type { CertificateSigningRequest } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { kubectl, startSecondApiServer, waitFor } from '../testbed/index.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('serving').extend(
  'strict',
  { scope: 'file' },
  // The same cluster through an API server that checks whom it talks to when it asks a kubelet.
  async ({ controlPlane }, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'interlink-strict-'));
    const flags = [`--kubelet-certificate-authority=${controlPlane.certificates.ca.certFile}`];
    const server = await startSecondApiServer(controlPlane, { directory, flags });
    onCleanup(async () => {
      await server.stop();
      await rm(directory, { recursive: true });
    });
    return server;
  },
);

describe.skipIf(cannotRun)('the certificate of the kubelet port', () => {
  test('comes from the cluster once its request is approved, and API servers that check it take it', async ({
    site,
    namespace,
    controlPlane,
    strict,
  }) => {
    await namespace.apply(pod(site.nodeName, 'shell', { containers: [shell('main', `echo hello; ${untilTerm}`)] }));
    await namespace.waitForPhase('shell', 'Running');
    const asStrict = async (...args: string[]) =>
      await kubectl({ controlPlane }, ['-n', namespace.name, ...args], { kubeconfig: strict.kubeconfig });

    await waitFor('the log', async () => (await namespace.run('logs', 'shell')) === 'hello\n');
    for (const args of [
      ['logs', 'shell'],
      ['exec', 'shell', '--', 'true'],
    ]) {
      const refused = await asStrict(...args);
      expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('failed to verify certificate')]);
    }

    const command = await waitFor('the event that says what to do', async () => {
      const printed = await namespace.run('describe', 'node', site.nodeName);
      return /ServingCertificatePending.*: kubectl (certificate approve \S+)/.exec(printed)?.[1];
    });
    const request = JSON.parse(
      await namespace.run('get', 'csr', command.split(' ')[2] ?? '', '-o', 'json'),
    ) as CertificateSigningRequest;
    expect(request.spec).toMatchObject({
      signerName: 'kubernetes.io/kubelet-serving',
      usages: ['digital signature', 'server auth'],
    });
    await namespace.run(...command.split(' '));

    await waitFor('logs through the API server that checks', async () => {
      return (await asStrict('logs', 'shell')).stdout === 'hello\n';
    });
    expect(await asStrict('exec', 'shell', '--', 'echo', 'verified')).toMatchObject({ stdout: 'verified\n' });
    expect(await namespace.run('exec', 'shell', '--', 'echo', 'still')).toBe('still\n');
    const { subject, issuer, subjectaltname } = await certificateOf(site.nodeName, controlPlane);
    expect({ subject, issuer, subjectaltname }).toMatchObject({
      subject: { CN: `system:node:${site.nodeName}`, O: 'system:nodes' },
      issuer: { CN: 'interlink-testbed-ca' },
      subjectaltname: 'IP Address:127.0.0.1',
    });
  });
});

type Cluster = Parameters<typeof kubectl>[0]['controlPlane'] & object;

async function certificateOf(node: string, controlPlane: Cluster): Promise<PeerCertificate> {
  const { status } = await new NodeView(node, controlPlane).get();
  const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  const { promise, resolve, reject } = Promise.withResolvers<PeerCertificate>();
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate());
    socket.end();
  });
  socket.once('error', reject);
  return await promise;
}
