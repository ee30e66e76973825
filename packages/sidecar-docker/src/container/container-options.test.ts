import type { Container, PodRequest } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { policyWith } from '../testing/site-policy.ts';
import { planContainers, toContainerOptions } from './container-options.ts';

const uid = '00000000-0000-4000-8000-000000000001';

function optionsOf(
  container: Partial<Container>,
  spec: Partial<PodRequest['pod']['spec']> = {},
  policy = policyWith(),
  annotations: Record<string, string> = {},
) {
  const metadata = { name: 'p', namespace: 'ns', uid, annotations };
  const request: PodRequest = {
    pod: { metadata, spec: { containers: [{ name: 'c', image: 'busybox', ...container }], ...spec } },
    volumes: [],
  };
  const owner = { cluster: 'k', node: 'n' };
  const labels = { owner, ...metadata, generation: 1, spec: { containers: [] } };
  const [planned] = planContainers(request);
  if (planned === undefined) throw new Error('no container');
  const image = { imageId: 'docker://1', engineId: 'sha256:1', user: 'nobody' };
  const attempt = { attempt: 0, failuresBefore: 0, mounts: [] };
  return toContainerOptions(planned, { request, labels, sandboxId: 'abc', image, ...attempt, policy });
}

describe('toContainerOptions()', () => {
  test('joins the sandbox under a name of its own', () => {
    expect(optionsOf({})).toMatchObject({
      name: `k8s_c_p_ns_${uid}_0`,
      HostConfig: { NetworkMode: 'container:abc', IpcMode: 'container:abc', RestartPolicy: { Name: 'no' } },
    });
  });

  test('maps command to the entry point and args to the command', () => {
    expect(optionsOf({ command: ['a'], args: ['b'] })).toMatchObject({ Entrypoint: ['a'], Cmd: ['b'] });
    expect(optionsOf({ args: ['b'] })).not.toHaveProperty('Entrypoint');
    expect(optionsOf({ command: ['a'] })).not.toHaveProperty('Cmd');
  });

  test('takes the options of its pod’s annotation, on top of its own, where the site allows that', () => {
    const name = 'docker-options.vk.io/flags';
    const annotations = { [name]: '--shm-size 1g --cap-add SYS_PTRACE --pids-limit=7' };
    const container = { securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } };
    const site = { podAnnotations: new Set([name]), pidsLimit: 99 };
    const allowed = optionsOf(container, {}, policyWith(site), annotations);
    expect(allowed.HostConfig).toEqual({
      ...optionsOf(container, {}, policyWith(site)).HostConfig,
      ...{ ShmSize: 2 ** 30, CapAdd: ['NET_BIND_SERVICE', 'SYS_PTRACE'], PidsLimit: 7 },
    });
    expect(optionsOf(container, {}, policyWith(), annotations)).toEqual(optionsOf(container));
  });

  test('is stopped by the signal that it names', () => {
    expect(optionsOf({ lifecycle: { stopSignal: 'SIGUSR1' } }).StopSignal).toBe('SIGUSR1');
    expect(optionsOf({})).not.toHaveProperty('StopSignal');
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

  test('joins the host where the pod does, or the other containers’ processes', () => {
    expect(optionsOf({}, { hostPID: true, hostIPC: true }).HostConfig).toMatchObject({
      ...{ PidMode: 'host', IpcMode: 'host', NetworkMode: 'container:abc' },
    });
    expect(optionsOf({}, { shareProcessNamespace: true }).HostConfig).toMatchObject({ PidMode: 'container:abc' });
    expect(optionsOf({}).HostConfig).not.toHaveProperty('PidMode');
  });

  test('gives a group without a user to the image’s user', () => {
    expect(optionsOf({ securityContext: { runAsGroup: 7 } }).User).toBe('nobody:7');
    expect(optionsOf({ securityContext: { runAsUser: 7 } }).User).toBe('7');
  });

  test('maps profiles, privileges and limits of processes', () => {
    const site = { pidsLimit: 50, seccompProfiles: new Map([['p.json', '{"a":1}']]) };
    const policy = policyWith(site, { apparmor: true, selinux: true });
    const securityContext = {
      ...{ privileged: true, procMount: 'Unmasked', seLinuxOptions: { level: 's0:c1' } },
      seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' },
      appArmorProfile: { type: 'Localhost', localhostProfile: 'mine' },
    };
    expect(optionsOf({ securityContext }, {}, policy).HostConfig).toMatchObject({
      ...{ Privileged: true, PidsLimit: 50, MaskedPaths: [], ReadonlyPaths: [] },
      SecurityOpt: ['seccomp={"a":1}', 'apparmor=mine', 'label=level:s0:c1'],
    });
    expect(optionsOf({}, { securityContext }, policyWith({}, {})).HostConfig).not.toHaveProperty('PidsLimit');
  });

  test.each<[string, boolean, Record<string, unknown>, string[]]>([
    ['the engine’s own', false, { seccompProfile: { type: 'RuntimeDefault' } }, []],
    ['the one that it comes with', true, { seccompProfile: { type: 'RuntimeDefault' } }, ['seccomp=builtin']],
    ['none, unless one is asked for', true, {}, []],
    ['none with all privileges', true, { privileged: true, seccompProfile: { type: 'RuntimeDefault' } }, []],
  ])('gives as default profile %s (of an unconfined engine: %s)', (_, isUnconfined, securityContext, options) => {
    const policy = policyWith({}, { isUnconfined });
    expect(optionsOf({ securityContext }, {}, policy).HostConfig?.SecurityOpt).toEqual(options);
  });

  test.each<[string, NonNullable<Container['resources']>, number]>([
    ['what it asks for nothing', {}, 1_000],
    ['guarantees', { limits: { cpu: '1', memory: '1Gi' } }, 0],
    ['asks for a quarter of the memory', { requests: { memory: '4Gi' } }, 750],
    ['asks for hardly any', { requests: { memory: '1Ki' } }, 999],
    ['asks for nearly all', { requests: { memory: '20Gi' } }, 3],
  ])('lets the kernel kill by what a container asks for: %s', (_, resources, score) => {
    expect(optionsOf({ resources }).HostConfig).toHaveProperty('OomScoreAdj', score);
  });

  test('keeps the environment out of labels', () => {
    const options = optionsOf({ env: [{ name: 'PASSWORD', value: 'hush' }] });
    expect(options.Env).toEqual(['PASSWORD=hush']);
    expect(JSON.stringify(options.Labels)).not.toContain('hush');
  });
});
