import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { clientTls, createLogger, TlsFiles } from '@interlink/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CertificateAuthority } from '../../../test/testbed/certificate-authority.ts';
import { TlsFolder } from '../../../test/testbed/tls-folder.ts';
import { startInterLink } from './testing/running-interlink.ts';
import { owner, startStreamingSidecar, uid } from './testing/streaming-sidecar.ts';

const all = { stdin: true, stdout: true, stderr: true, tty: false };
const { signal: never } = new AbortController();
const logger = createLogger('test', 'silent');
const loopback = ['127.0.0.1'];

let folder: TlsFolder;
beforeEach(async () => {
  folder = await TlsFolder.create();
});
afterEach(async () => await folder.remove());

/** A virtual kubelet's client, InterLink and a sidecar, which show each other certificates and no tokens that count. */
async function start() {
  const sidecarFiles = await folder.issue('sidecar');
  const sidecar = await startStreamingSidecar(
    {},
    { tls: await TlsFiles.load({ place: 'TLS', ...sidecarFiles, caCertFile: folder.caFile }, logger) },
  );
  const { caFile: caCertFile } = folder;
  const vk = await folder.issue('vk', { usage: 'clientAuth' });
  const { target, url } = await startInterLink(sidecar.port, {
    isTcp: true,
    tls: await folder.configure('interlink', { usage: 'both', names: loopback }),
    clientTls: await clientTls('https://127.0.0.1', { place: 'TLS', ...vk, caCertFile }, logger),
    env: { SIDECARURL: 'https://127.0.0.1' },
  });
  return { target, client: new PodClient(target, owner), sidecar, url };
}

test('commands and ports go through over TLS on both hops, with the half-close of each side', async () => {
  const { client, sidecar } = await start();
  const cat = await client.exec(uid, 'c', { ...all, command: ['cat'] }, never);
  cat.stdin?.end('input');
  expect(await text(cat.stdout as Readable)).toBe('input');
  const exit = await client.exec(uid, 'c', { ...all, command: ['exit', '9'] }, never);
  expect(await exit.ended).toEqual({ exitCode: 9 });
  const connection = await client.portForward(uid, 80, never);
  connection.end('echo');
  expect(await text(connection)).toBe('echo');
  await vi.waitFor(() => expect(sidecar.running.size).toBe(0), 10_000);
});

test('certificates and CA of all three are replaced under a command that runs on', async () => {
  const { client, sidecar, url } = await start();
  const cat = await client.exec(uid, 'c', { ...all, command: ['cat'] }, never);
  const next = await CertificateAuthority.create('next');
  await folder.issue('vk', { usage: 'clientAuth' }, next);
  await folder.issue('interlink', { usage: 'both', names: loopback }, next);
  await folder.issue('sidecar', { usage: 'serverAuth', names: loopback }, next);
  await writeFile(folder.caFile, next.certificate);
  await vi.waitFor(async () => await assertServedBy(next, url), 10_000);
  await vi.waitFor(async () => await assertServedBy(next, `https://127.0.0.1:${sidecar.port}`), 10_000);
  await vi.waitFor(async () => {
    const exit = await client.exec(uid, 'c', { ...all, command: ['exit', '3'] }, never);
    expect(await exit.ended).toEqual({ exitCode: 3 });
  }, 10_000);
  cat.stdin?.end('still here');
  expect(await text(cat.stdout as Readable)).toBe('still here');
});

/** @throws InterLinkError when its certificate is of another CA */
async function assertServedBy(authority: CertificateAuthority, url: string): Promise<void> {
  const tls = { ca: authority.certificate };
  const target = new HttpTarget({ url, tls: async () => tls });
  try {
    await (await target.send({ method: 'GET', path: '/healthz' })).body.dump();
  } finally {
    await target.close();
  }
}

test.each([
  ['expired', { notAfter: new Date(Date.now() - 60_000) }, 'its certificate, or one of its chain, has expired'],
  ['for another name', { names: ['other.example'] }, 'its certificate is for DNS:other.example, and not for'],
  ['of an unknown CA', {}, 'its certificate is signed by an unknown CA, which is not trusted here'],
])('a sidecar whose certificate is %s is not talked to, and InterLink says why', async (what, subject, message) => {
  const authority = what === 'of an unknown CA' ? await CertificateAuthority.create('other') : folder.authority;
  const files = await folder.issue('stranger', { usage: 'serverAuth', names: loopback, ...subject }, authority);
  const sidecar = await startStreamingSidecar({}, { tls: await TlsFiles.load({ place: 'TLS', ...files }, logger) });
  const { target } = await startInterLink(sidecar.port, {
    tls: { CACertFile: folder.caFile },
    env: { SIDECARURL: 'https://127.0.0.1' },
  });
  await expect(new PodClient(target, owner).capabilities()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(message),
  });
  expect(sidecar.shown).toEqual([]);
});
