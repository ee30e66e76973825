import type { webcrypto } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';
import { toGeneralNames } from '../../packages/virtual-kubelet/src/kubelet-api/general-names.ts';
import { loadX509 } from '../../packages/virtual-kubelet/src/kubelet-api/load-x509.ts';
import {
  generateKeys,
  keyAlgorithm,
  renderPrivateKey,
} from '../../packages/virtual-kubelet/src/kubelet-api/private-key.ts';
import type { KeyPair } from '../../packages/virtual-kubelet/src/kubelet-api/self-signed-certificate.ts';

export interface CertificateSubject {
  user: string;
  groups?: readonly string[];
  /** Host names and addresses of a server. Default: none. */
  names?: readonly string[];
  /** Default: for clients. */
  usage?: 'clientAuth' | 'serverAuth' | 'both';
  /** Default: an hour ago. */
  notBefore?: Date;
  /** Default: in an hour. */
  notAfter?: Date;
}

/** A CA for one test, whose certificates are for an hour. */
export class CertificateAuthority {
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async create(name = 'test-ca'): Promise<CertificateAuthority> {
    const x509 = await loadX509();
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      keys,
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 3_600_000),
      signingAlgorithm: keyAlgorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      ],
    });
    return new CertificateAuthority(certificate, keys);
  }

  /** PEM. */
  get certificate(): string {
    return this.#certificate.toString('pem');
  }

  /** Signs a request (PEM) as the signer of kubelet certificates does. */
  async sign(request: string, { notBefore, notAfter }: { notBefore: Date; notAfter: Date }): Promise<string> {
    const x509 = await loadX509();
    const asked = new x509.Pkcs10CertificateRequest(request);
    const names = asked.getExtension('2.5.29.17');
    const certificate = await x509.X509CertificateGenerator.create({
      subject: asked.subject,
      issuer: this.#certificate.subject,
      publicKey: await asked.publicKey.export(),
      signingKey: this.#keys.privateKey,
      notBefore,
      notAfter,
      signingAlgorithm: keyAlgorithm,
      extensions: [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        ...(names === null ? [] : [names]),
      ],
    });
    return certificate.toString('pem');
  }

  async issue(subject: CertificateSubject): Promise<KeyPair> {
    const { user, groups = [], names = [], usage = 'clientAuth', notBefore, notAfter } = subject;
    const usages = usage === 'both' ? (['clientAuth', 'serverAuth'] as const) : [usage];
    const x509 = await loadX509();
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      notBefore: notBefore ?? new Date(Date.now() - 3_600_000),
      notAfter: notAfter ?? new Date(Date.now() + 3_600_000),
      signingAlgorithm: keyAlgorithm,
      extensions: [
        new x509.ExtendedKeyUsageExtension(usages.map((one) => x509.ExtendedKeyUsage[one])),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(toGeneralNames(names))]),
      ],
    });
    return { cert: certificate.toString('pem'), key: await renderPrivateKey(keys.privateKey) };
  }
}
