import { expect, test } from 'vitest';
import { refuseSysctl } from './sysctls.ts';

const none = { allowed: [], hostNetwork: false, hostIPC: false };

test.each([
  ['net.ipv4.tcp_syncookies', none, undefined],
  ['net/ipv4/tcp_syncookies', none, undefined],
  ['net.core.somaxconn', none, '"net.core.somaxconn" not allowlisted'],
  ['net.core.somaxconn', { ...none, allowed: ['net.core.somaxconn'] }, undefined],
  ['kernel.msgmax', { ...none, allowed: ['kernel.msg*'] }, undefined],
  [
    'kernel.msgmax',
    { ...none, allowed: ['kernel.msg*'], hostIPC: true },
    '"kernel.msgmax" not allowed with host ipc enabled',
  ],
  // The machine's own, whatever a list says.
  ['vm.swappiness', { ...none, allowed: ['*'] }, '"vm.swappiness" not allowlisted'],
])('refuseSysctl() of %s with %o', (name, context, refusal) => {
  expect(refuseSysctl(name, context)).toBe(refusal);
});
