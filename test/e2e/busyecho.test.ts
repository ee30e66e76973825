import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const manifest = join(import.meta.dirname, '../../examples/interlink_mock/payloads/busyecho_k8s.yaml');
const test = siteTest('busyecho');

describe.skipIf(cannotRun)('the example pod', () => {
  test('goes from Pending over Running to Succeeded, and its log can be read then', async ({ namespace }) => {
    await namespace.run('apply', '-f', manifest);
    expect((await namespace.findPod('busyecho'))?.status?.phase).toBe('Pending');

    const running = await namespace.waitForPhase('busyecho', 'Running');
    expect(running.status?.containerStatuses?.[0]).toMatchObject({
      ready: true,
      restartCount: 0,
      containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/),
    });
    expect(running.status?.podIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);

    const ended = await namespace.waitForPhase('busyecho', 'Succeeded');
    expect(ended.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(await namespace.run('logs', 'busyecho')).toBe('hello from busyecho\nbye\n');
    expect(await namespace.run('get', 'pod', 'busyecho')).toMatch(/busyecho +0\/1 +Completed +0 /);
  });
});
