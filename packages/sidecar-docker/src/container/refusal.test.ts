import type { PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { assertRunnable } from './refusal.ts';

const spec = (more: Partial<PodSpec>, container: object = {}): PodSpec => ({
  containers: [{ name: 'c', image: 'busybox', ...container }],
  ...more,
});
const mounting = (...mounts: object[]): object => ({ volumeMounts: mounts });

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
    [
      'a type of volume',
      spec({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
      /hostPath, which is not supported/,
    ],
    ['a resource', spec({}, { resources: { limits: { 'nvidia.com/gpu': '1' } } }), /nvidia\.com\/gpu/],
    [
      'a sub-path below a folder that the pod can write',
      spec(
        { volumes: [{ name: 'v', emptyDir: {} }] },
        mounting({ name: 'v', mountPath: '/a' }, { name: 'v', mountPath: '/b', subPath: 'x' }),
      ),
      /not safe/,
    ],
  ])('refuses %s', (_, pod, message) => {
    expect(() => assertRunnable(pod, { exportsPodData: true })).toThrow(message);
  });

  test('lets containers with a restart policy of their own', () => {
    const pod = spec({ initContainers: [{ name: 's', restartPolicy: 'Always' }] }, { restartPolicy: 'Never' });
    expect(() => assertRunnable(pod, { exportsPodData: true })).not.toThrow();
  });

  test('lets sub-paths of an emptyDir side by side', () => {
    const mounts = mounting(
      { name: 'v', mountPath: '/a', subPath: 'x' },
      { name: 'v', mountPath: '/b', subPath: 'y/z' },
    );
    expect(() =>
      assertRunnable(spec({ volumes: [{ name: 'v', emptyDir: {} }] }, mounts), { exportsPodData: true }),
    ).not.toThrow();
  });

  test('refuses mounted ConfigMaps and Secrets only where ExportPodData is false', () => {
    const pod = spec(
      { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 's' } }] } }] },
      mounting({ name: 'v', mountPath: '/v' }),
    );
    expect(() => assertRunnable(pod, { exportsPodData: true })).not.toThrow();
    expect(() => assertRunnable(pod, { exportsPodData: false })).toThrow(/ExportPodData is false/);
  });
});
