import type { Container } from '@interlink/kube';
import { describe, expect, inject } from 'vitest';
import { statusOf } from './drivers/containers.ts';
import { startGrpcHealthServer } from './drivers/grpc-health-server.ts';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';
import { partsOf } from './drivers/testbed-parts.ts';

const test = siteTest('probe-actions');

type Probe = NonNullable<Container['readinessProbe']>;
const soon = { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 5 };
const withProbe = (name: string, script: string, action: Probe) =>
  shell(name, script, { readinessProbe: { ...soon, ...action } });

describe.skipIf(cannotRun)('a readiness probe', () => {
  test('of every kind says who is ready, and who is not any more', async ({ site, namespace }) => {
    // The bridge's own address, which is the machine's.
    const host = `${partsOf(inject('testbed')).docker.subnetPrefix}.0.1`;
    await using health = await startGrpcHealthServer(host);
    const containers = [
      withProbe('exec', 'touch /tmp/ready; exec sleep 98765', { exec: { command: ['cat', '/tmp/ready'] } }),
      withProbe('http', 'mkdir /www; echo yes > /www/ready; exec httpd -f -p 8080 -h /www', {
        httpGet: { path: '/ready', port: 'web' },
      }),
      withProbe('tcp', 'nc -ll -p 8081 -e true & echo $! > /tmp/pid; exec sleep 98765', { tcpSocket: { port: 8081 } }),
      withProbe('grpc', `exec nc -ll -p 8082 -e nc ${host} ${health.port}`, { grpc: { port: 8082 } }),
    ];
    const named = containers.map((container) =>
      container.name === 'http' ? { ...container, ports: [{ name: 'web', containerPort: 8080 }] } : container,
    );
    await namespace.apply(pod(site.nodeName, 'probed', { containers: named }));
    const allAre = async (ready: boolean) =>
      await namespace.waitForPod(
        'probed',
        ready ? 'ready' : 'unready',
        (found) => named.every(({ name }) => statusOf(found, name)?.ready === ready && statusOf(found, name)?.started),
        { timeoutMs: 90_000 },
      );
    await allAre(true);

    const inside = async (container: string, script: string) =>
      await namespace.run('exec', 'probed', '-c', container, '--', 'sh', '-c', script);
    await inside('exec', 'rm /tmp/ready');
    await inside('http', 'rm /www/ready');
    await inside('tcp', 'kill $(cat /tmp/pid)');
    health.say('notServing');
    const unready = await allAre(false);
    for (const { name } of named)
      expect(statusOf(unready, name)).toMatchObject({ restartCount: 0, state: { running: {} } });
    const told = [
      /^Readiness probe failed: cat: can't open '\/tmp\/ready': No such file or directory/,
      /^Readiness probe failed: HTTP probe failed with statuscode: 404$/,
      /^Readiness probe failed: dial tcp 10\.[0-9.]+:8081: connect: connection refused$/,
      /^Readiness probe failed: service unhealthy \(responded with "NOT_SERVING"\)$/,
    ];
    for (const message of told) await namespace.waitForEvent('probed', 'Unhealthy', message);

    await inside('exec', 'touch /tmp/ready');
    await inside('http', 'echo yes > /www/ready');
    await inside('tcp', 'nc -ll -p 8081 -e true > /dev/null 2>&1 &');
    health.say('serving');
    await allAre(true);
  });
});
