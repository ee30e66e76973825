import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const manifest = join(import.meta.dirname, '../../examples/interlink_mock/payloads/busyecho_k8s.yaml');
const test = siteTest('busyecho');

describe.skipIf(cannotRun)('the example pod', () => {
  test('goes from Pending over Running to Succeeded, and its log can be read then', async ({
    namespace,
    controlPlane,
  }) => {
    const phases = ['get', 'pods', '--watch', '-o', 'jsonpath={.status.phase}{"\\n"}'];
    const watched = startKubectl(controlPlane, namespace, ...phases);
    await namespace.run('apply', '-f', manifest);
    await watched.waitFor('Succeeded\n');
    watched.interrupt();
    const seen = (await watched.end()).stdout.trim().split('\n');
    expect([...new Set(seen)]).toEqual(['Pending', 'Running', 'Succeeded']);

    const { status } = await namespace.pod('busyecho');
    expect(status?.podIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/),
      state: { terminated: { exitCode: 0, reason: 'Completed' } },
    });
    expect(await namespace.run('logs', 'busyecho')).toBe('hello from a virtual node\nbye\n');
    expect(await namespace.run('get', 'pod', 'busyecho')).toMatch(/busyecho +0\/1 +Completed +0 /);
  });
});
