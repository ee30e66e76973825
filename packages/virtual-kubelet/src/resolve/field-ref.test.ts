import { describe, expect, it } from 'vitest';
import { envFieldValue, volumeFieldValue } from './field-ref.ts';
import { NODE } from './testing/fake-objects.ts';
import { somePod } from './testing/pods.ts';

describe('envFieldValue()', () => {
  const pod = { ...somePod(), status: { podIP: '10.1.0.9', podIPs: [{ ip: '10.1.0.9' }, { ip: 'fd00::9' }] } };

  it.each([
    ['metadata.name', 'pod'],
    ['metadata.namespace', 'ns'],
    ['metadata.uid', '11111111-2222-4333-8444-555555555555'],
    ["metadata.labels['app']", 'web'],
    ["metadata.labels['constructor']", ''],
    ["metadata.annotations['note']", 'say "hi"\nand bye'],
    ['spec.nodeName', 'virtual-1'],
    ['spec.serviceAccountName', 'robot'],
    ['status.hostIP', '192.0.2.7'],
    ['status.hostIPs', '192.0.2.7,2001:db8::7'],
    ['status.podIP', '10.1.0.9'],
    ['status.podIPs', '10.1.0.9,fd00::9'],
  ])('reads %s', (fieldPath, value) => expect(envFieldValue(fieldPath, pod, NODE)).toBe(value));

  it('gives the node addresses as those of a pod in the host network', () => {
    const hostPod = somePod({}, { hostNetwork: true });
    expect(envFieldValue('status.podIP', hostPod, NODE)).toBe('192.0.2.7');
    expect(envFieldValue('status.podIPs', hostPod, NODE)).toBe('192.0.2.7,2001:db8::7');
  });

  it('gives an empty address while the pod has none', () => {
    expect(envFieldValue('status.podIP', somePod(), NODE)).toBe('');
  });

  it.each(['metadata.labels', 'metadata.annotations', 'status.phase', "metadata.name['x']", ''])(
    'refuses %j',
    (fieldPath) => expect(() => envFieldValue(fieldPath, pod, NODE)).toThrow(`field label not supported: ${fieldPath}`),
  );
});

describe('volumeFieldValue()', () => {
  it.each([
    ['metadata.labels', 'app="web"\ntier="front"'],
    ['metadata.annotations', 'kubectl.kubernetes.io/last-applied-configuration="{}"\nnote="say \\"hi\\"\\nand bye"'],
    ["metadata.labels['tier']", 'front'],
    ['metadata.name', 'pod'],
  ])('reads %s', (fieldPath, value) => expect(volumeFieldValue(fieldPath, somePod())).toBe(value));

  it('refuses what is not metadata', () => {
    expect(() => volumeFieldValue('status.podIP', somePod())).toThrow('field label not supported: status.podIP');
  });
});
