import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { PATIENCE } from '../../testbed/patience.ts';
import { statusOf } from '../drivers/containers.ts';
import { cannotRun, siteTest } from '../drivers/site-test.ts';

const test = siteTest('examples');
const folder = join(import.meta.dirname, '../../../examples/pods');
const patient = { timeoutMs: 90_000 };

describe.skipIf(cannotRun)('examples/pods, applied as they are', { concurrent: true }, () => {
  test('multi-container.yaml: one container reads what the other has written', async ({ namespace }) => {
    await namespace.run('apply', '-f', join(folder, 'multi-container.yaml'));
    await namespace.waitForPhase('multi-container', 'Succeeded', patient);
    expect(await namespace.run('logs', 'multi-container', '-c', 'writer')).toBe('written\n');
    expect(await namespace.run('logs', 'multi-container', '-c', 'reader')).toBe('from the writer\n');
  });

  test('init-and-sidecar.yaml: init first, the sidecar before and until after the main container', async ({
    namespace,
  }) => {
    await namespace.run('apply', '-f', join(folder, 'init-and-sidecar.yaml'));
    await namespace.waitForPhase('init-and-sidecar', 'Succeeded', patient);
    expect(await namespace.run('logs', 'init-and-sidecar', '-c', 'main')).toBe('prepared\nthe helper is up\n');
    const isEnded = await namespace.waitForPod(
      'init-and-sidecar',
      'without its sidecar',
      (pod) => statusOf(pod, 'helper')?.state?.terminated != null,
    );
    expect(statusOf(isEnded, 'helper')?.state?.terminated?.exitCode).toBe(0);
    expect(await namespace.run('logs', 'init-and-sidecar', '-c', 'helper')).toBe('helper ends\n');
  });

  test('configuration.yaml: a ConfigMap and a Secret, as files and variables', async ({ namespace }) => {
    await namespace.run('apply', '-f', join(folder, 'configuration.yaml'));
    await namespace.waitForPhase('configuration', 'Succeeded', patient);
    const lines = ['hello', '[greeting]', 'to = everybody', 'the password has 12 letters', 'the same in both places'];
    expect(await namespace.run('logs', 'configuration')).toBe(`${lines.join('\n')}\n`);
  });

  test('job.yaml: four indexes complete, each told its own', async ({ namespace }) => {
    await namespace.run('apply', '-f', join(folder, 'job.yaml'));
    await namespace.run('wait', '--for=condition=Complete', 'job/indexed', `--timeout=${55 * PATIENCE}s`);
    const pods = await namespace.pods();
    expect(pods.map(({ status }) => status?.phase)).toEqual(Array(4).fill('Succeeded'));
    const words = await Promise.all(pods.map(({ metadata }) => namespace.run('logs', metadata?.name ?? '')));
    expect(words.sort()).toEqual([0, 1, 2, 3].map((index) => `part ${index} of 4\n`));
  });

  test('argo-workflow-pod.yaml: what init brings runs the main container, and wait reports its end', async ({
    namespace,
  }) => {
    await namespace.run('apply', '-f', join(folder, 'argo-workflow-pod.yaml'));
    await namespace.waitForPhase('hello-argo', 'Succeeded', patient);
    expect(await namespace.run('logs', 'hello-argo')).toBe('hello from a workflow\n');
    const report = 'hello-argo: main ended with 0, output hello from a workflow\n';
    expect(await namespace.run('logs', 'hello-argo', '-c', 'wait')).toBe(report);
  });
});
