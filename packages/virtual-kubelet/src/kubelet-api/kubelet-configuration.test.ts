import { expect, test } from 'vitest';
import { defaultStreamTimeouts } from '../streaming/stream-timeouts.ts';
import { toDuration, toKubeletConfiguration } from './kubelet-configuration.ts';

test('toKubeletConfiguration() says what this process does', () => {
  const files = { cert: '/pki/tls.crt', key: '/pki/tls.key', clientCa: undefined };
  const taints = [{ key: 'k', effect: 'NoSchedule' }];
  const node = { address: '0.0.0.0', port: 10250, taints, maxPods: 110 };
  const facts = { ...node, files, asksForCertificate: false, streamTimeouts: defaultStreamTimeouts };
  expect(toKubeletConfiguration(facts)).toMatchObject({
    kind: 'KubeletConfiguration',
    port: 10250,
    tlsCertFile: '/pki/tls.crt',
    authentication: { anonymous: { enabled: false }, webhook: { cacheTTL: '2m0s' } },
    registerWithTaints: taints,
    streamingConnectionIdleTimeout: '4h0m0s',
    nodeLeaseDurationSeconds: 40,
    maxPods: 110,
  });
});

test.each([
  [0, '0s'],
  [1_500, '1.5s'],
  [90_000, '1m30s'],
  [14_400_000, '4h0m0s'],
])('toDuration() of %d ms is %s', (ms, text) => {
  expect(toDuration(ms)).toBe(text);
});
