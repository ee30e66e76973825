import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { loadServingCertificate } from './serving-certificate.ts';
import { keepLogLines } from './testing/log-lines.ts';

describe('loadServingCertificate() without files', () => {
  it('makes a self-signed certificate for the node’s name and addresses, and says what to do for a verified one', async () => {
    const { logger, lines } = keepLogLines();
    const addresses = ['10.0.0.1', 'fd00::1', 'node.example.org'];
    const certificate = await loadServingCertificate({ nodeName: 'n', addresses, logger });
    const pair = await certificate.current();
    const x509 = new X509Certificate(pair.cert);
    expect(x509.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.ca).toBe(false);
    expect(x509.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    for (const host of ['n', 'node.example.org']) expect(x509.checkHost(host)).toBe(host);
    for (const ip of ['10.0.0.1', 'fd00::1']) expect(x509.checkIP(ip)).toBe(ip);
    expect(x509.checkHost('other')).toBeUndefined();
    const days = (Date.parse(x509.validTo) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(365, 0);
    expect(Date.parse(x509.validFrom)).toBeLessThan(Date.now());
    expect(lines).toEqual([expect.stringContaining('APISERVER_CERT_LOCATION')]);
    expect(await certificate.current()).toBe(pair);
  });

  it('takes names that are longer than a common name may be', async () => {
    const name = `${'n'.repeat(60)}.${'m'.repeat(60)}`;
    const x509 = new X509Certificate((await createSelfSignedCertificate([name, name], Date.now())).cert);
    expect(x509.subjectAltName).toBe(`DNS:${name}`);
  });
});

describe('loadServingCertificate() with files', () => {
  it('follows the files, and stays with the last good pair', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'serving-certificate-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
    const { logger, lines } = keepLogLines();
    const load = () => loadServingCertificate({ certFile, keyFile, nodeName: 'n', addresses: [], logger });
    await expect(load()).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(certFile),
    });
    const [old, fresh] = await Promise.all([
      createSelfSignedCertificate(['a'], 0),
      createSelfSignedCertificate(['b'], 0),
    ]);
    await Promise.all([writeFile(certFile, old.cert), writeFile(keyFile, old.key)]);
    const certificate = await load();
    const pair = await certificate.current();
    expect(pair).toEqual(old);
    expect(await certificate.current()).toBe(pair);
    await writeFile(certFile, fresh.cert);
    expect(await certificate.current(), 'certificate new, key old').toBe(pair);
    await writeFile(keyFile, fresh.key);
    expect(await certificate.current()).toEqual(fresh);
    expect(lines).toContain('serving certificate reloaded');
  });

  it('refuses one file without the other', async () => {
    const { logger } = keepLogLines();
    const options = { certFile: '/tls.crt', nodeName: 'n', addresses: [], logger };
    await expect(loadServingCertificate(options)).rejects.toThrow('APISERVER_KEY_LOCATION (KubeletKeyFile) is not set');
  });
});
