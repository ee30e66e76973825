import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

/** PEM texts. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** `admin`, and `kubeletClient`, which kubelets are shown, are in `system:masters`. */
export type Certificates = Readonly<Record<'server' | 'admin' | 'kubeletClient', KeyPair>> & { readonly ca: string };

/** A CA and what it signs, for loopback and for 30 days. */
export async function createCertificates(): Promise<Certificates> {
  const [notBefore, notAfter] = [new Date(Date.now() - dayMs), new Date(Date.now() + 30 * dayMs)];
  const common = { notBefore, notAfter, signingAlgorithm: algorithm };
  const keys = await newKeys();
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature;
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ ...common, name: 'CN=interlink-dev-cluster', keys },
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(usages, true)],
  });
  const issue = async (subject: string, usage: 'clientAuth' | 'serverAuth'): Promise<KeyPair> => {
    const { publicKey, privateKey } = await newKeys();
    const names = new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]);
    const certificate = await x509.X509CertificateGenerator.create({
      ...{ ...common, subject, publicKey, issuer: ca.subject, signingKey: keys.privateKey },
      extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]), names],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
    return { cert: certificate.toString('pem'), key };
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
