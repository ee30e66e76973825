import type { PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { toSandboxOptions } from './sandbox-options.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const labels = {
  owner: { cluster: 'k', node: 'n' },
  ...{ uid, namespace: 'ns', name: 'p', generation: 1, spec: { containers: [] } },
};

function optionsOf(spec: Partial<PodSpec>, more: { image?: string } = {}) {
  const etc = { hosts: { hostname: 'h', aliases: [] }, resolvConf: { nameservers: [], searches: [], options: [] } };
  const plan = { root: '/data', image: undefined, etc, events: [], ...more };
  return toSandboxOptions({ containers: [], ...spec }, labels, plan);
}

describe('toSandboxOptions()', () => {
  test('has a network, an IPC namespace and /etc of the pod’s own', () => {
    expect(optionsOf({})).toMatchObject({
      Hostname: 'h',
      HostConfig: {
        IpcMode: 'shareable',
        Mounts: [
          { Source: `/data/${uid}/etc/hosts`, Target: '/etc/hosts' },
          { Source: `/data/${uid}/etc/resolv.conf`, Target: '/etc/resolv.conf' },
        ],
      },
    });
    expect(optionsOf({}, { image: 'pause:1' }).Image).toBe('pause:1');
  });

  test('publishes the ports of all containers', () => {
    const containers = [
      { name: 'a', ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }] },
      { name: 'b', ports: [{ containerPort: 80, hostPort: 8081, hostIP: '127.0.0.1', protocol: 'UDP' }] },
    ];
    expect(optionsOf({ containers })).toMatchObject({
      ExposedPorts: { '80/tcp': {}, '80/udp': {} },
      HostConfig: {
        PortBindings: {
          '80/tcp': [{ HostIp: '', HostPort: '8080' }],
          '80/udp': [{ HostIp: '127.0.0.1', HostPort: '8081' }],
        },
      },
    });
  });

  test('in the host’s network it has the host’s name and ports', () => {
    const containers = [{ name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }];
    const options = optionsOf({ hostNetwork: true, hostIPC: true, containers });
    expect(options.HostConfig).toMatchObject({ NetworkMode: 'host', IpcMode: 'host' });
    expect(options.HostConfig).not.toHaveProperty('PortBindings');
    expect(options).not.toHaveProperty('Hostname');
  });

  test('sets sysctls, in the spelling with dots', () => {
    const sysctls = [{ name: 'net/ipv4/tcp_syncookies', value: '0' }];
    expect(optionsOf({ securityContext: { sysctls } }).HostConfig?.Sysctls).toEqual({ 'net.ipv4.tcp_syncookies': '0' });
  });
});
