import type { Container, PodRequest } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { planContainers, toContainerOptions } from './container-options.ts';

const uid = '00000000-0000-4000-8000-000000000001';

function optionsOf(container: Partial<Container>, spec: Partial<PodRequest['pod']['spec']> = {}) {
  const metadata = { name: 'p', namespace: 'ns', uid };
  const request: PodRequest = {
    pod: { metadata, spec: { containers: [{ name: 'c', image: 'busybox', ...container }], ...spec } },
    volumes: [],
  };
  const owner = { cluster: 'k', node: 'n' };
  const labels = { owner, ...metadata, restartPolicy: 'Always' as const, generation: 1, outline: [] };
  const [planned] = planContainers(request);
  if (planned === undefined) throw new Error('no container');
  return toContainerOptions(planned, {
    request,
    labels,
    root: '/data',
    sandboxId: 'abc',
    image: { imageId: 'docker://1', engineId: 'sha256:1' },
  });
}

describe('toContainerOptions()', () => {
  test('joins the sandbox under a name of its own', () => {
    expect(optionsOf({})).toMatchObject({
      name: `k8s_c_p_ns_${uid}_0`,
      HostConfig: { NetworkMode: 'container:abc', IpcMode: 'container:abc', RestartPolicy: { Name: 'always' } },
    });
  });

  test('maps command to the entry point and args to the command', () => {
    expect(optionsOf({ command: ['a'], args: ['b'] })).toMatchObject({ Entrypoint: ['a'], Cmd: ['b'] });
    expect(optionsOf({ args: ['b'] })).not.toHaveProperty('Entrypoint');
    expect(optionsOf({ command: ['a'] })).not.toHaveProperty('Cmd');
  });

  test('maps requests and limits', () => {
    const resources = { limits: { cpu: '1500m', memory: '1Gi' }, requests: { cpu: '250m' } };
    expect(optionsOf({ resources }).HostConfig).toMatchObject({
      ...{ CpuPeriod: 100_000, CpuQuota: 150_000, CpuShares: 256, Memory: 2 ** 30, MemorySwap: 2 ** 30 },
    });
    expect(optionsOf({}).HostConfig).toMatchObject({ CpuShares: 2 });
  });

  test('maps the security context, the container’s own word first', () => {
    const securityContext = {
      ...{ runAsUser: 1000, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    };
    const options = optionsOf({ securityContext }, { securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3 } });
    expect(options.User).toBe('1000:2');
    expect(options.HostConfig).toMatchObject({
      ...{ ReadonlyRootfs: true, CapAdd: ['NET_BIND_SERVICE'], CapDrop: ['ALL'], GroupAdd: ['3'] },
      SecurityOpt: ['no-new-privileges'],
    });
  });

  test('mounts files read-only and sub-paths of them', () => {
    const volumeMounts = [
      { name: 'cfg', mountPath: '/cfg' },
      { name: 'cfg', mountPath: '/one', subPath: 'd/one' },
      { name: 'tmp', mountPath: '/tmp' },
    ];
    const volumes = [
      { name: 'cfg', configMap: {} },
      { name: 'tmp', emptyDir: {} },
    ];
    const mounts = optionsOf({ volumeMounts }, { volumes }).HostConfig?.Mounts;
    expect(mounts?.map(({ Source, ReadOnly }) => [Source, ReadOnly])).toEqual([
      [`/data/${uid}/volumes/cfg`, true],
      [`/data/${uid}/volumes/cfg/d/one`, true],
      [`/data/${uid}/volumes/tmp`, false],
    ]);
  });

  test.each(['../x', '/etc', 'a//b', 'a/../../b', '.'])('refuses the sub-path %j', (subPath) => {
    const volumeMounts = [{ name: 'cfg', mountPath: '/cfg', subPath }];
    expect(() => optionsOf({ volumeMounts }, { volumes: [{ name: 'cfg', configMap: {} }] })).toThrow(
      /not a path inside/,
    );
  });

  test('keeps the environment out of labels', () => {
    const options = optionsOf({ env: [{ name: 'PASSWORD', value: 'hush' }] });
    expect(options.Env).toEqual(['PASSWORD=hush']);
    expect(JSON.stringify(options.Labels)).not.toContain('hush');
  });
});
