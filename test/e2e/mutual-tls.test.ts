import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { TlsFolder } from '../testbed/tls-folder.ts';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const both = { usage: 'both', names: ['127.0.0.1'] } as const;
const folder = await TlsFolder.create();
afterAll(async () => await folder.remove());

const configuration = join(folder.path, 'InterLinkConfig.yaml');
await writeFile(configuration, JSON.stringify({ TLS: await folder.configure('site', both) }));

const test = siteTest('mutual-tls', {
  env: {
    INTERLINKURL: 'https://127.0.0.1',
    INTERLINKCONFIGPATH: configuration,
    // Some word, which is no token of InterLink's: the certificate alone lets the virtual kubelet in.
    VKTOKENFILE: '/proc/sys/kernel/random/boot_id',
  },
});

describe.skipIf(cannotRun)('between virtual kubelet and InterLink, mutual TLS', () => {
  test('carries pods, logs and commands, and its certificate is replaced under them', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    await namespace.apply(pod(site.nodeName, 'shell', { containers: [shell('main', `echo hello; ${untilTerm}`)] }));
    await namespace.waitForPhase('shell', 'Running');
    await waitFor('the log', async () => (await namespace.run('logs', 'shell')) === 'hello\n');
    const waiting = 'until test -e /tmp/go; do sleep 0.1; done; echo done';
    const command = startKubectl(controlPlane, namespace, 'exec', 'shell', '--', 'sh', '-c', `echo begun; ${waiting}`);
    await command.waitFor('begun');

    const { port } = new URL(site.interlink.log().match(/https:\/\/127\.0\.0\.1:\d+/)?.[0] ?? '');
    const before = await serialOf(Number(port));
    await folder.issue('site', both);
    await waitFor('the new certificate', async () => (await serialOf(Number(port))) !== before);

    expect(await namespace.run('exec', 'shell', '--', 'touch', '/tmp/go')).toBe('');
    expect(await command.end()).toEqual({ stdout: 'begun\ndone\n', exitCode: 0 });
    expect(await namespace.run('logs', 'shell')).toBe('hello\n');
  });

  test('fails with the reason on the node when the certificate has expired, until there is another', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const node = new NodeView(site.nodeName, controlPlane);
    await folder.issue('site', { ...both, notAfter: new Date(Date.now() - 60_000) });
    await site.interlink.stop();
    await site.interlink.start('listening');
    expect(site.interlink.log()).toContain('the TLS certificate has expired: peers refuse it');
    await waitFor('the node to say that the certificate has expired', async () => {
      const { status, message } = await node.condition('InterLinkConnectivity');
      return status === 'False' && message?.includes('its certificate, or one of its chain, has expired');
    });

    await folder.issue('site', both);
    await node.waitForCondition('InterLinkConnectivity', 'True');
    await namespace.apply(pod(site.nodeName, 'after', { containers: [shell('main', 'echo ran')] }));
    await namespace.waitForPhase('after', 'Succeeded');
  });
});

/** The serial number of the certificate that a new connection to this port of loopback is shown. */
async function serialOf(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: folder.authority.certificate });
  try {
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return socket.getPeerCertificate().serialNumber;
  } finally {
    socket.destroy();
  }
}
