import { expect, test } from 'vitest';
import { parseKubernetesVersion } from './binaries.ts';

test('parseKubernetesVersion() reads the required version, not those of the staging modules', () => {
  const goMod = 'require (\n\tk8s.io/kubectl v0.36.3 // indirect\n\tk8s.io/kubernetes v1.36.3 // indirect\n)\n';
  expect(parseKubernetesVersion(goMod)).toEqual({ version: '1.36.3', major: '1', minor: '36' });
});

test('parseKubernetesVersion() refuses a go.mod without Kubernetes', () => {
  expect(() => parseKubernetesVersion('module example\n')).toThrow('Cannot read the Kubernetes version');
});
