import type { PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { assertRunnable } from './refusal.ts';

const spec = (more: Partial<PodSpec>, container: object = {}): PodSpec => ({
  containers: [{ name: 'c', image: 'busybox', ...container }],
  ...more,
});

describe('assertRunnable()', () => {
  test.each<[string, PodSpec, RegExp]>([
    ['the host’s network', spec({ hostNetwork: true }), /spec\.hostNetwork/],
    ['the host’s processes', spec({ hostPID: true }), /spec\.hostPID/],
    ['the host’s IPC', spec({ hostIPC: true }), /spec\.hostIPC/],
    [
      'privileges',
      spec({}, { securityContext: { privileged: true } }),
      /spec\.containers\[0\]\.securityContext\.privileged/,
    ],
    ['sysctls', spec({ securityContext: { sysctls: [{ name: 'a', value: 'b' }] } }), /sysctls/],
    ['a resource', spec({}, { resources: { limits: { 'nvidia.com/gpu': '1' } } }), /nvidia\.com\/gpu/],
    [
      'a native sidecar',
      spec({ initContainers: [{ name: 's', restartPolicy: 'Always' }] }),
      /restartPolicy of its own/,
    ],
  ])('refuses %s', (_, pod, message) => {
    expect(() => assertRunnable(pod)).toThrow(message);
  });
});
