import { toGeneralNames } from './general-names.ts';
import { loadX509 } from './load-x509.ts';
import { generateKeys, keyAlgorithm, renderPrivateKey } from './private-key.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

const lifetimeMs = 365 * 24 * 3_600_000;
/** For API servers whose clock is behind. */
const backdatedMs = 5 * 60_000;
/** X.520's upper bound of a common name; the names that count are the alternative ones. */
const maxCommonName = 64;

/** What its holder may prove by it: to be that server, or that client. */
export type CertificateUsage = 'serverAuth' | 'clientAuth';

/**
 * Makes a new ECDSA P-256 key and a certificate for it, signed by itself, for one year.
 * @param names host names and IP addresses; the first is its common name, too
 */
export async function createSelfSignedCertificate(
  names: readonly string[],
  nowMs: number,
  usages: readonly CertificateUsage[] = ['serverAuth'],
): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [(names[0] ?? 'kubelet').slice(0, maxCommonName)] }],
    keys,
    notBefore: new Date(nowMs - backdatedMs),
    notAfter: new Date(nowMs + lifetimeMs),
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages.map((usage) => x509.ExtendedKeyUsage[usage])),
      new x509.SubjectAlternativeNameExtension(toGeneralNames(names)),
    ],
  });
  return { cert: certificate.toString('pem'), key: await renderPrivateKey(keys.privateKey) };
}
