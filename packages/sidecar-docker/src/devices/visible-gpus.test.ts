import type { Container, Pod } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { policyWith } from '../testing/site-policy.ts';
import { ignoredGpuVariables } from './visible-gpus.ts';

const { engine } = policyWith({}, { hasNvidiaRuntime: true });

function podOf(value: string, more: Partial<Container> = {}): Pod {
  const env = [{ name: 'NVIDIA_VISIBLE_DEVICES', value }];
  return { metadata: { name: 'p', namespace: 'ns', uid: 'u' }, spec: { containers: [{ name: 'c', env, ...more }] } };
}

describe('ignoredGpuVariables()', () => {
  test('names the container that asks for GPUs by its environment', () => {
    expect(ignoredGpuVariables(podOf('all'), engine)).toEqual([
      'NVIDIA_VISIBLE_DEVICES of container c (GPUs are had by the limit nvidia.com/gpu)',
    ]);
  });

  test('has nothing to say where nothing is kept from the pod', () => {
    expect(ignoredGpuVariables(podOf('none'), engine)).toEqual([]);
    expect(ignoredGpuVariables(podOf('all', { resources: { limits: { 'nvidia.com/gpu': '1' } } }), engine)).toEqual([]);
    expect(ignoredGpuVariables(podOf('all'), policyWith().engine)).toEqual([]);
  });
});
