import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

/** PEM texts. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** Signs the others. */
  readonly ca: string;
  readonly server: KeyPair;
  /** In `system:masters`. */
  readonly admin: KeyPair;
  /** What the API server shows to kubelets; in `system:masters` too. */
  readonly kubeletClient: KeyPair;
}

/** A CA and what it signs, for loopback and for 30 days. */
export async function createCertificates(): Promise<Certificates> {
  const keys = await newKeys();
  const times = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 30 * dayMs) };
  const name = `CN=interlink-dev-cluster-${randomBytes(4).toString('hex')}`;
  const usages = KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature;
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...{ name, keys, ...times, signingAlgorithm: algorithm },
    extensions: [new BasicConstraintsExtension(true, undefined, true), new KeyUsagesExtension(usages, true)],
  });
  const issue = async (subject: string, usage: 'clientAuth' | 'serverAuth'): Promise<KeyPair> => {
    const own = await newKeys();
    const names = new SubjectAlternativeNameExtension([
      ...[{ type: 'ip', value: '127.0.0.1' } as const, { type: 'dns', value: 'localhost' } as const],
    ]);
    const certificate = await X509CertificateGenerator.create({
      ...{ subject, issuer: ca.subject, publicKey: own.publicKey, signingKey: keys.privateKey, ...times },
      signingAlgorithm: algorithm,
      extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage[usage]]), names],
    });
    return { cert: certificate.toString('pem'), key: await toPem(own.privateKey) };
  };
  return {
    ca: ca.toString('pem'),
    server: await issue('CN=kube-apiserver', 'serverAuth'),
    admin: await issue('CN=admin,O=system:masters', 'clientAuth'),
    kubeletClient: await issue('CN=kube-apiserver-kubelet-client,O=system:masters', 'clientAuth'),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
