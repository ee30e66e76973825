import { expect, test } from 'vitest';
import { refuseNodeAffinity, refuseOperatingSystem, refuseSysctls } from './refuse-pod.ts';
import { newPod } from './testing/pods.ts';

test('refuseOperatingSystem() takes the node’s own, or none', () => {
  expect(refuseOperatingSystem(newPod(), 'linux')).toBeUndefined();
  expect(refuseOperatingSystem(newPod({ os: { name: 'linux' } }), 'linux')).toBeUndefined();
  expect(refuseOperatingSystem(newPod({ os: { name: 'windows' } }), 'linux')).toEqual({
    reason: 'PodOSNotSupported',
    message: "Failed to admit pod as the OS field doesn't match node OS",
  });
});

test.each([
  ['net.ipv4.tcp_syncookies', {}, undefined],
  ['net/ipv4/tcp_syncookies', {}, undefined],
  ['kernel.shm_rmid_forced', { hostNetwork: true }, undefined],
  ['net.ipv4.tcp_syncookies', { hostNetwork: true }, '"net.ipv4.tcp_syncookies" not allowed with host net enabled'],
  ['kernel.shm_rmid_forced', { hostIPC: true }, '"kernel.shm_rmid_forced" not allowed with host ipc enabled'],
  ['kernel.msgmax', {}, '"kernel.msgmax" not allowlisted'],
  ['net/ipv4/conf/eth0.100/forwarding', {}, '"net.ipv4.conf.eth0/100.forwarding" not allowlisted'],
  ['constructor', {}, '"constructor" not allowlisted'],
])('refuseSysctls() of %s with %o', (name, spec, trouble) => {
  const pod = newPod({ securityContext: { sysctls: [{ name, value: '1' }] }, ...spec });
  const wanted = trouble && { reason: 'SysctlForbidden', message: `forbidden sysctl: ${trouble}` };
  expect(refuseSysctls(pod, [])).toEqual(wanted);
});

test('refuseSysctls() takes what the backend allows', () => {
  const pod = newPod({ securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } });
  expect(refuseSysctls(pod, ['net.core.*'])).toBeUndefined();
});

test('refuseNodeAffinity() says it as the kubelet does', () => {
  const pod = newPod({ nodeSelector: { disk: 'ssd' } });
  expect(refuseNodeAffinity(pod, { name: 'n', labels: { disk: 'ssd' } })).toBeUndefined();
  expect(refuseNodeAffinity(pod, { name: 'n', labels: {} })).toEqual({
    reason: 'NodeAffinity',
    message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  });
});
