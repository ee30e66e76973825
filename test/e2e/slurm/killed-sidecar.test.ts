import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { numbered, waitForAll } from '../drivers/running-pods.ts';
import { NotedPods } from './drivers/noted-pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('killed', { config: { ContainerRuntime: 'none' } });
const names = numbered('pod', 100);

describe.skipIf(cannotRun)('kill -9 of the Slurm sidecar', () => {
  test(
    'in the middle of submitting 100 pods: 100 jobs, each of which runs once',
    async ({ site, namespace, slurm, cluster, onTestFinished }) => {
      const noted = await NotedPods.create(cluster, site.nodeName);
      onTestFinished(() => noted.remove());
      await namespace.apply(...noted.make(site.nodeName, names));
      for (const count of [10, 40, 70]) {
        await waitFor(`${count} jobs`, async () => (await slurm.jobs()).length >= count, {
          timeoutMs: 120_000,
          intervalMs: 50,
        });
        await site.sidecar.kill();
        await site.sidecar.start('listening');
      }
      await waitForAll(namespace, names, 'Succeeded', { timeoutMs: 240_000, intervalMs: 1_000 });
      const jobs = await slurm.jobs();
      expect(jobs.map(({ name }) => name).sort()).toEqual(names.toSorted());
      expect((await noted.runs()).map(({ name }) => name)).toEqual(names.toSorted());
      await namespace.run('delete', 'pods', '--all', '--timeout=55s');
      await slurm.waitUntilNothingIsLeft();
    },
    420_000 * PATIENCE,
  );
});
