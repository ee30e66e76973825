import type { Pod, PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { policyWith } from '../testing/site-policy.ts';
import { assertRunnable } from './refusal.ts';

const spec = (more: Partial<PodSpec> & Record<string, unknown>, container: object = {}): PodSpec => ({
  containers: [{ name: 'c', image: 'busybox', ...container }],
  ...more,
});
const podOf = (podSpec: PodSpec, annotations = {}): Pod => ({
  metadata: { name: 'p', namespace: 'ns', uid: '00000000-0000-4000-8000-000000000001', annotations },
  spec: podSpec,
});

describe('assertRunnable()', () => {
  test.each<[string, PodSpec, RegExp]>([
    [
      'the host’s network',
      spec({ hostNetwork: true }),
      /spec\.hostNetwork: true is not allowed here: Docker\.AllowHostNamespaces is false/,
    ],
    ['the host’s processes', spec({ hostPID: true }), /spec\.hostPID/],
    ['the host’s IPC', spec({ hostIPC: true }), /spec\.hostIPC/],
    [
      'privileges',
      spec({}, { securityContext: { privileged: true } }),
      /spec\.containers\[0\]\.securityContext\.privileged/,
    ],
    [
      'an unsafe sysctl',
      spec({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
      /forbidden sysctl: "kernel.msgmax" not allowlisted/,
    ],
    [
      'a capability of the host',
      spec({}, { securityContext: { capabilities: { add: ['NET_ADMIN', 'CAP_SYS_ADMIN'] } } }),
      /capabilities\.add: \["NET_ADMIN","CAP_SYS_ADMIN"\] is not allowed here: Docker\.AllowPrivileged is false/,
    ],
    ['a user namespace', spec({ hostUsers: false }), /spec\.hostUsers: false can't be had/],
    [
      'resources of the whole pod',
      spec({ resources: { limits: { cpu: '1' } } }),
      /spec\.resources: .* single containers/,
    ],
    ['another operating system', spec({ os: { name: 'windows' } }), /the engine runs Linux/],
    [
      'an unknown runtime',
      spec({ runtimeClassName: 'kata' }),
      /runtimeClassName is "kata": the engine has the runtimes runc/,
    ],
    [
      'a seccomp profile that is not there',
      spec({ securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: '../x' } } }),
      /container c: seccomp profile "..\/x" is none of those in Docker\.SeccompProfiles/,
    ],
    [
      'an AppArmor profile without AppArmor',
      spec({}, { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }),
      /AppArmor is not enabled/,
    ],
    [
      'strict groups of an unknown group',
      spec({ securityContext: { supplementalGroupsPolicy: 'Strict', runAsUser: 1 } }),
      /Strict can be had only with runAsGroup/,
    ],
    [
      'a host name that is too long',
      spec({ hostname: 'h'.repeat(60), subdomain: 's', setHostnameAsFQDN: true }),
      /longer than 64 characters/,
    ],
    ['an unmasked /proc', spec({}, { securityContext: { procMount: 'Unmasked' } }), /procMount: "Unmasked"/],
    [
      'an SELinux type without confinement',
      spec({ securityContext: { seLinuxOptions: { type: 'spc_t' } } }),
      /seLinuxOptions\.type: "spc_t"/,
    ],
    [
      'a resource',
      spec({}, { resources: { limits: { 'example.com/fpga': '1' } } }),
      /container c asks for example\.com\/fpga, which is not offered here/,
    ],
    [
      'a GPU that nobody has announced',
      spec({}, { resources: { limits: { 'nvidia.com/gpu': '1' } } }),
      /container c asks for 1 nvidia\.com\/gpu, Docker\.Resources announces 0/,
    ],
  ])('refuses %s', (_, pod, message) => {
    expect(() => assertRunnable(podOf(pod), policyWith())).toThrow(message);
  });

  test('says by its reason that a sysctl is the trouble', () => {
    const pod = podOf(spec({ securityContext: { sysctls: [{ name: 'vm.swappiness', value: '1' }] } }));
    expect(() => assertRunnable(pod, policyWith({ unsafeSysctls: ['net.*'] }))).toThrow(
      expect.objectContaining({ code: 'failed_precondition', reason: 'SysctlForbidden' }),
    );
  });

  test('reads the annotation that named AppArmor profiles before there was a field', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/mine' };
    expect(() => assertRunnable(podOf(spec({}), annotations), policyWith())).toThrow(/AppArmor is not enabled/);
    expect(() => assertRunnable(podOf(spec({}), annotations), policyWith({}, { apparmor: true }))).not.toThrow();
  });

  test('lets a pod have GPUs that are announced', () => {
    const pod = podOf(spec({}, { resources: { limits: { 'nvidia.com/gpu': '2' } } }));
    expect(() => assertRunnable(pod, policyWith({ resources: { 'nvidia.com/gpu': '2' } }))).not.toThrow();
  });

  test('reads options of docker run only where the administrator allows them', () => {
    const annotations = { 'docker-options.vk.io/flags': '--network host' };
    expect(() => assertRunnable(podOf(spec({}), annotations), policyWith())).not.toThrow();
    const allowing = policyWith({ podAnnotations: new Set(['docker-options.vk.io/flags']) });
    expect(() => assertRunnable(podOf(spec({}), annotations), allowing)).toThrow(/--network is not one of/);
  });

  test('lets what the administrator allows', () => {
    const host = spec(
      { hostNetwork: true, hostPID: true, hostIPC: true },
      { securityContext: { privileged: true, capabilities: { add: ['ALL'] } } },
    );
    const sysctls = spec({ securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } });
    const policy = policyWith({
      ...{ allowsPrivileged: true, allowsHostNamespaces: true },
      unsafeSysctls: ['net.core.*'],
    });
    for (const pod of [host, sysctls]) expect(() => assertRunnable(podOf(pod), policy)).not.toThrow();
  });
});
