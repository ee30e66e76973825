import { toGeneralNames } from './general-names.ts';
import { loadX509 } from './load-x509.ts';
import { generateKeys, keyAlgorithm, renderPrivateKey } from './private-key.ts';

/** A request for a certificate (PKCS#10) and the private key that it is for, both PEM. */
export interface CertificateRequest {
  request: string;
  key: string;
}

/**
 * What a certificate of the signer `kubernetes.io/kubelet-serving` may be used for when its key is ECDSA; any other list is refused
 * (https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers).
 */
export const servingUsages: readonly string[] = ['digital signature', 'server auth'];

/** Makes a new key and asks for a kubelet's serving certificate for it: user `system:node:NAME` of group `system:nodes`. */
export async function createCertificateRequest(
  nodeName: string,
  addresses: readonly string[],
): Promise<CertificateRequest> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ O: ['system:nodes'] }, { CN: [`system:node:${nodeName}`] }],
    keys,
    signingAlgorithm: keyAlgorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(toGeneralNames(addresses))],
  });
  return { request: `${request.toString('pem')}\n`, key: await renderPrivateKey(keys.privateKey) };
}

/** OID of the extension: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
const subjectAlternativeName = '2.5.29.17';

/** Whether the request is for just these addresses. False for what is no request. */
export async function isRequestFor({ request }: CertificateRequest, addresses: readonly string[]): Promise<boolean> {
  const x509 = await loadX509();
  try {
    const asked = new x509.Pkcs10CertificateRequest(request).getExtension(subjectAlternativeName);
    const wanted = new x509.SubjectAlternativeNameExtension(toGeneralNames(addresses));
    return asked !== null && Buffer.from(asked.rawData).equals(Buffer.from(wanted.rawData));
  } catch {
    return false;
  }
}
