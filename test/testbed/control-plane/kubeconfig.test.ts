import { expect, test } from 'vitest';
import { renderKubeconfig } from './kubeconfig.ts';

test('renderKubeconfig() holds its certificates itself and selects its only context', () => {
  const text = renderKubeconfig({
    server: 'https://127.0.0.1:6443',
    ca: 'CA',
    clientCertificate: 'CERTIFICATE',
    clientKey: 'KEY',
  });
  expect(JSON.parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'testbed', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': btoa('CA') } },
    ],
    users: [
      {
        name: 'admin',
        user: { 'client-certificate-data': btoa('CERTIFICATE'), 'client-key-data': btoa('KEY') },
      },
    ],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'admin' } }],
    'current-context': 'testbed',
  });
});
