import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCertificateRequest, isRequestFor } from './certificate-request.ts';
import { loadX509 } from './load-x509.ts';

test('createCertificateRequest() asks for what the signer of kubelet certificates takes', async () => {
  const request = await createCertificateRequest('my-node', ['10.0.0.1', 'node.example.org', '10.0.0.1']);
  const x509 = await loadX509();
  const asked = new x509.Pkcs10CertificateRequest(request.request);
  expect(asked.subject).toBe('O=system:nodes, CN=system:node:my-node');
  expect(await asked.verify()).toBe(true);
  const names = asked.extensions.map((extension) => extension.rawData);
  expect(names.map((data) => new x509.SubjectAlternativeNameExtension(data).names.toJSON())).toEqual([
    [
      { type: 'ip', value: '10.0.0.1' },
      { type: 'dns', value: 'node.example.org' },
    ],
  ]);
  const key = createPrivateKey(request.key);
  expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  expect(Buffer.from(asked.publicKey.rawData)).toEqual(createPublicKey(key).export({ type: 'spki', format: 'der' }));
});

test('isRequestFor() tells a request for other addresses, and what is none', async () => {
  const request = await createCertificateRequest('my-node', ['10.0.0.1', 'fd00::1']);
  expect(await isRequestFor(request, ['10.0.0.1', 'fd00::1'])).toBe(true);
  expect(await isRequestFor(request, ['10.0.0.1'])).toBe(false);
  expect(await isRequestFor({ ...request, request: 'no request' }, ['10.0.0.1'])).toBe(false);
});
