import { describe, expect } from 'vitest';
import { holdFor } from './drivers/hold-for.ts';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('admission');

describe.skipIf(cannotRun)('a pod that the node does not take', { concurrent: true }, () => {
  test('with a hostPath waits, and kubectl describe says for what', async ({ site, namespace }) => {
    await namespace.apply(
      pod(site.nodeName, 'host-path', {
        volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }],
        containers: [shell('main', 'true', { volumeMounts: [{ name: 'logs', mountPath: '/logs' }] })],
      }),
    );
    const why = 'The backend (docker) does not support volume "logs" of type hostPath';
    expect(await namespace.waitForWaiting('host-path', 'main', /^CreateContainerConfigError$/)).toContain(why);
    await namespace.waitForEvent('host-path', 'NotSupportedByBackend', /hostPath/);
    await holdFor(3_000, async () => expect((await namespace.pod('host-path')).status?.phase).toBe('Pending'));

    const described = await namespace.run('describe', 'pod', 'host-path');
    expect(described.match(/Warning +NotSupportedByBackend .*/g)).toEqual([expect.stringContaining(why)]);
    await namespace.run('delete', 'pod', 'host-path', '--timeout=20s');
  });

  test('for lack of processors fails as with a kubelet', async ({ site, namespace }) => {
    const containers = [shell('main', 'true', { resources: { requests: { cpu: '10k' } } })];
    await namespace.apply(pod(site.nodeName, 'greedy', { nodeName: site.nodeName, containers }));
    const { status } = await namespace.waitForPhase('greedy', 'Failed');
    expect(status).toMatchObject({
      reason: 'OutOfcpu',
      message: expect.stringMatching(
        /^Pod was rejected: Node didn't have enough resource: cpu, requested: 10000000, used: \d+, capacity: \d+000$/,
      ),
    });
    expect(await namespace.run('get', 'pod', 'greedy')).toMatch(/greedy +0\/1 +OutOfcpu +0 /);
    await namespace.waitForEvent('greedy', 'OutOfcpu', /^Node didn't have enough resource: cpu/);
    await namespace.run('delete', 'pod', 'greedy', '--timeout=20s');
  });
});
