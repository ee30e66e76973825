import { describe, expect } from 'vitest';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { pod, shell } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('pod-life');

describe.skipIf(cannotRun)('a pod on Slurm', { concurrent: true }, () => {
  test('goes through all its states, told by kubectl as they come', async ({
    site,
    namespace,
    slurm,
    controlPlane,
  }) => {
    const script = 'echo "I am $(whoami) on $(hostname)"; until test -e /tmp/go; do sleep 0.2; done; echo done';
    await namespace.apply(pod(site.nodeName, 'life', { containers: [shell('main', script)] }));
    const running = await namespace.waitForPhase('life', 'Running');
    const job = await slurm.jobOf(running);
    expect(job).toMatchObject({ state: 'RUNNING', node: site.nodeName, partition: 'main' });
    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'life');
    await log.waitFor('I am alice on c');
    await namespace.run('exec', 'life', '--', 'touch', '/tmp/go');
    const ended = await namespace.waitForPhase('life', 'Succeeded');
    expect((await log.end()).stdout).toMatch(/^I am alice on c[12]\ndone\n$/);
    expect(ended.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: 0, reason: 'Completed' } },
    });
    const described = await namespace.run('describe', 'pod', 'life');
    expect(described).toMatch(/Started/);
    await namespace.run('delete', 'pod', 'life');
    expect(await slurm.folders()).toEqual([]);
  });
});
