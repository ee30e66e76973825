import type { Service } from '@interlink/kube';
import { expect, test } from 'vitest';
import { serviceEnv } from './service-env.ts';

const service = (name: string, clusterIP: string, ports: NonNullable<Service['spec']>['ports']): Service => ({
  metadata: { name, namespace: 'ns' },
  spec: { clusterIP, ...(ports === undefined ? {} : { ports }) },
});

test('serviceEnv() names host and ports as the kubelet does', () => {
  const ports = [
    { name: 'redis-main', port: 6379, protocol: 'TCP' },
    { name: 'sync', port: 53, protocol: 'UDP' },
  ];
  expect(Object.fromEntries(serviceEnv([service('redis-primary', '10.0.0.11', ports)]))).toEqual({
    REDIS_PRIMARY_SERVICE_HOST: '10.0.0.11',
    REDIS_PRIMARY_SERVICE_PORT: '6379',
    REDIS_PRIMARY_SERVICE_PORT_REDIS_MAIN: '6379',
    REDIS_PRIMARY_SERVICE_PORT_SYNC: '53',
    REDIS_PRIMARY_PORT: 'tcp://10.0.0.11:6379',
    REDIS_PRIMARY_PORT_6379_TCP: 'tcp://10.0.0.11:6379',
    REDIS_PRIMARY_PORT_6379_TCP_PROTO: 'tcp',
    REDIS_PRIMARY_PORT_6379_TCP_PORT: '6379',
    REDIS_PRIMARY_PORT_6379_TCP_ADDR: '10.0.0.11',
    REDIS_PRIMARY_PORT_53_UDP: 'udp://10.0.0.11:53',
    REDIS_PRIMARY_PORT_53_UDP_PROTO: 'udp',
    REDIS_PRIMARY_PORT_53_UDP_PORT: '53',
    REDIS_PRIMARY_PORT_53_UDP_ADDR: '10.0.0.11',
  });
});

test('serviceEnv() puts an IPv6 address into brackets where a port follows', () => {
  const env = serviceEnv([service('a', 'fd00::1', [{ port: 80 }])]);
  expect([env.get('A_SERVICE_HOST'), env.get('A_PORT')]).toEqual(['fd00::1', 'tcp://[fd00::1]:80']);
});

test.each(['', 'None'])('serviceEnv() leaves out a service whose cluster IP is %j', (clusterIP) => {
  expect(serviceEnv([service('a', clusterIP, [{ port: 80 }]), service('b', '10.0.0.1', [])]).size).toBe(0);
});
