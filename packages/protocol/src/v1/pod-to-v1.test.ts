import { expect, test } from 'vitest';
import { toRetrievedPodData } from './pod-to-v1.ts';

test('toRetrievedPodData() hands no credentials of registries to a v1 sidecar', () => {
  const metadata = { name: 'pod', namespace: 'ns', uid: '0f2b6c1e-3a55-4c8e-9d0a-7a1f1f0a9b11' };
  const pod = { metadata, spec: { containers: [{ name: 'main' }] } };
  const registryCredentials = [{ registry: 'reg.example.org', username: 'alice', password: 'open sesame' }];
  const told = JSON.stringify(toRetrievedPodData({ pod, volumes: [], registryCredentials }));
  expect(told).toContain('"main"');
  expect(told).not.toMatch(/alice|sesame|registryCredentials/);
});
