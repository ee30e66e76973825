import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TlsFolder } from '../../../../../test/testbed/tls-folder.ts';
import { kubeconfigFor, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { certificates } from './certificates.ts';

const hourMs = 3_600_000;

async function tlsFolder(): Promise<TlsFolder> {
  const folder = await TlsFolder.create();
  onTestFinished(async () => await folder.remove());
  return folder;
}

/** InterLink at https:// with that certificate, and the configuration of somebody who calls it. */
async function interLinkWith(folder: TlsFolder, subject: Parameters<TlsFolder['issue']>[1]): Promise<object> {
  const { certFile, keyFile } = await folder.issue('server', subject);
  const tls = { cert: await readFile(certFile), key: await readFile(keyFile) };
  const { port } = await serveOnLoopback(() => ({ body: 'ok' }), { tls });
  return { InterlinkURL: `https://127.0.0.1:${port}`, TLS: { CACertFile: folder.caFile } };
}

test('certificates is ok with what InterLink serves and with the CA, while both are in their time', async () => {
  const config = await interLinkWith(await tlsFolder(), { usage: 'serverAuth', names: ['127.0.0.1'] });
  expect(inLines(await runCheck(certificates, { side: 'cluster', config }))).toEqual([
    expect.stringMatching(/^ok: the certificate in \S+ca\.crt \(CN=test-ca\) is valid for another 59 minutes$/),
    expect.stringMatching(/^ok: the certificate of InterLink at https:\S+ is valid for another 59 minutes$/),
  ]);
});

test('certificates fails with a server’s certificate that has expired, and with one for another name', async () => {
  const folder = await tlsFolder();
  const expired = {
    usage: 'serverAuth' as const,
    names: ['other.example'],
    notAfter: new Date(Date.now() - hourMs / 2),
  };
  const lines = inLines(
    await runCheck(certificates, { side: 'cluster', config: await interLinkWith(folder, expired) }),
  );
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(/^problem: the certificate of InterLink at https:\S+ expired 30 minutes ago$/),
    expect.stringMatching(
      /^problem: the certificate of InterLink at \S+ is for DNS:other\.example, not for 127\.0\.0\.1$/,
    ),
  ]);
});

test('certificates looks at files before anybody connects: what can’t be used, what expires', async () => {
  const folder = await tlsFolder();
  const soon = await folder.issue('soon', {
    notBefore: new Date(Date.now() - hourMs * 23),
    notAfter: new Date(Date.now() + hourMs),
  });
  const late = await folder.issue('late', { notAfter: new Date(Date.now() - hourMs / 2) });
  const row = (name: string, certFile: string, keyFile: string) => ({
    ...{ Name: name, URL: 'https://127.0.0.1:1', Nodes: [name], CertFile: certFile, KeyFile: keyFile },
  });
  const Sidecars = [
    row('soon', soon.certFile, soon.keyFile),
    row('late', late.certFile, late.keyFile),
    row('other', late.certFile, soon.keyFile),
  ];
  const config = { InterlinkURL: 'unix:///nowhere/interlink.sock', Sidecars };
  expect(inLines(await runCheck(certificates, { side: 'site', config }))).toEqual([
    expect.stringMatching(/^warning: the certificate in \S+soon\.crt \(CN=soon\) expires in 59 minutes$/),
    expect.stringMatching(/^problem: the certificate in \S+late\.crt \(CN=late\) expired 30 minutes ago$/),
    expect.stringMatching(/^problem: Cannot use Sidecars\[2\]\.KeyFile .* it is not the key of the certificate in /),
  ]);
});

test('certificates tells of a key that others can read', async () => {
  const { certFile, keyFile } = await (await tlsFolder()).issue('open');
  const config = { InterlinkURL: 'https://127.0.0.1:1', TLS: { CertFile: certFile, KeyFile: keyFile } };
  const ofMode = async (mode: number) => {
    await chmod(keyFile, mode);
    return inLines(await runCheck(certificates, { side: 'site', config })).filter((line) => line.includes('the key'));
  };
  expect(await ofMode(0o600)).toEqual([]);
  expect(await ofMode(0o640)).toEqual([expect.stringMatching(/^warning: the key \S+open\.key has mode 0640: others/)]);
  expect(await ofMode(0o644)).toEqual([expect.stringMatching(/^problem: the key \S+open\.key has mode 0644: others/)]);
});

test('certificates tells of a client certificate in the kubeconfig that has expired', async () => {
  const { certFile, keyFile } = await (await tlsFolder()).issue('vk', { notAfter: new Date(Date.now() - hourMs / 2) });
  const kubeconfig = kubeconfigFor(1, { 'client-certificate': certFile, 'client-key': keyFile });
  expect(inLines(await runCheck(certificates, { side: 'cluster', config: {}, kubeconfig }))).toEqual([
    expect.stringMatching(/^problem: the client certificate of kubeconfig .* expired 30 minutes ago$/),
  ]);
});

test('certificates says nothing where nothing speaks TLS', async () => {
  const folder = await scratchFolder();
  const config = { InterlinkURL: `unix://${join(folder, 'a.sock')}`, SidecarURL: `unix://${join(folder, 'b.sock')}` };
  expect(await runCheck(certificates, { side: 'site', config })).toMatchObject([{ outcome: 'skipped' }]);
});
