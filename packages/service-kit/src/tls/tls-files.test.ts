import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { CertificateAuthority } from '../../../../test/testbed/certificate-authority.ts';
import { createLogger } from '../process/logger.ts';
import { TlsFiles } from './tls-files.ts';

let folder: string;
let ca: CertificateAuthority;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-tls-files-'));
  ca = await CertificateAuthority.create();
});
afterAll(async () => await rm(folder, { recursive: true }));
afterEach(() => void vi.restoreAllMocks());

/** Files of a test's own, and what is logged of them. */
async function start(pair?: { cert: string; key: string }) {
  const base = join(folder, crypto.randomUUID());
  const names = { place: 'TLS', certFile: `${base}.crt`, keyFile: `${base}.key`, caCertFile: `${base}.ca` };
  const write = async (texts: { cert?: string; key?: string; ca?: string }) => {
    if (texts.cert !== undefined) await writeFile(names.certFile, texts.cert);
    if (texts.key !== undefined) await writeFile(names.keyFile, texts.key);
    if (texts.ca !== undefined) await writeFile(names.caCertFile, texts.ca);
  };
  await write({ ...(pair ?? (await ca.issue({ user: 'one' }))), ca: ca.certificate });
  const logger = createLogger('test', 'silent');
  const warn = vi.spyOn(logger, 'warn');
  const load = async (only = {}) => await TlsFiles.load({ ...names, ...only }, logger);
  return { names, write, warn, load };
}

test.each([
  ['a missing certificate', { certFile: '/none.crt' }, 'Cannot use TLS.CertFile /none.crt: ENOENT'],
  ['a missing key', { keyFile: '/none.key' }, 'Cannot use TLS.KeyFile /none.key: ENOENT'],
  ['a missing CA', { caCertFile: '/none.ca' }, 'Cannot use TLS.CACertFile /none.ca: ENOENT'],
  ['a certificate without key', { keyFile: undefined }, 'TLS.CertFile is set without TLS.KeyFile: both are wanted'],
  ['a key without certificate', { certFile: undefined }, 'TLS.KeyFile is set without TLS.CertFile: both are wanted'],
  ['what is no certificate', { certFile: import.meta.filename }, 'it holds no certificate (PEM)'],
  ['what is no CA', { caCertFile: '/dev/null' }, 'Cannot use TLS.CACertFile /dev/null: it holds no certificate (PEM)'],
])('TlsFiles.load() refuses %s, naming it', async (_what, only, message) => {
  const { load } = await start();
  await expect(load(only)).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringContaining(message),
  });
});

test('TlsFiles.load() refuses the key of another certificate, and what is cut off', async () => {
  const { names, write, load } = await start();
  const { key } = await ca.issue({ user: 'other' });
  await write({ key });
  await expect(load()).rejects.toThrow(
    `Cannot use TLS.KeyFile ${names.keyFile}: it is not the key of the certificate in ${names.certFile}`,
  );
  await write({ key: key.slice(0, 100) });
  await expect(load()).rejects.toThrow(`Cannot use TLS.KeyFile ${names.keyFile}: `);
  await write({ ca: `${ca.certificate}\n${ca.certificate.slice(0, 200)}` });
  await expect(load()).rejects.toThrow(`Cannot use TLS.CACertFile ${names.caCertFile}: a certificate in it is cut off`);
});

test('TlsFiles.load() warns of a certificate that is past its time, or before it', async () => {
  const expired = await start(await ca.issue({ user: 'late', notAfter: new Date('2026-01-02T03:04:05Z') }));
  await expired.load();
  const { certFile } = expired.names;
  expect(expired.warn).toHaveBeenCalledWith(
    { certFile, validTo: '2026-01-02T03:04:05.000Z' },
    'the TLS certificate has expired: peers refuse it',
  );
  const early = await start(await ca.issue({ user: 'early', notBefore: new Date(Date.now() + 60_000) }));
  await early.load();
  expect(early.warn).toHaveBeenCalledWith(expect.anything(), 'the TLS certificate is not valid yet: peers refuse it');
});

test('current() notices new files within a second, and gives the same object while nothing changed', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const { write, load } = await start();
  const files = await load();
  const first = await files.current();
  const next = await ca.issue({ user: 'two' });
  await write(next);
  expect(await files.current()).toBe(first);
  clock.mockReturnValue(1_000);
  expect(await files.current()).toMatchObject(next);
  const second = files.latest;
  clock.mockReturnValue(2_000);
  expect(await files.current()).toBe(second);
});

test('current() keeps a pair in use until the next one is whole, and warns once', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const { names, write, warn, load } = await start();
  const files = await load();
  const first = files.latest;
  const next = await ca.issue({ user: 'two' });
  await write({ cert: next.cert });
  for (const nowMs of [1_000, 2_000, 3_000]) {
    clock.mockReturnValue(nowMs);
    expect(await files.current()).toBe(first);
  }
  expect(warn.mock.calls).toEqual([
    [
      { reason: expect.stringContaining(`it is not the key of the certificate in ${names.certFile}`) },
      'cannot reload the TLS files: those before stay in use',
    ],
  ]);
  await write({ key: next.key });
  clock.mockReturnValue(4_000);
  expect(await files.current()).toMatchObject(next);
});

test('current() reads once for all who ask at the same time', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const { write, load } = await start();
  const files = await load();
  await write(await ca.issue({ user: 'two' }));
  clock.mockReturnValue(1_000);
  const all = await Promise.all(Array.from({ length: 10 }, async () => await files.current()));
  expect(new Set(all).size).toBe(1);
});
