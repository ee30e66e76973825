import type { KubeObject } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { pod, shell } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('workloads');
const completions = 50;

describe.skipIf(cannotRun)('a Job on Slurm', () => {
  test(
    'with 50 completions ends when each of its indexes has ended well, by one job each',
    async ({ site, namespace, slurm }) => {
      const main = shell('main', 'echo "index $JOB_COMPLETION_INDEX"');
      await namespace.apply({
        ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'indexed' } },
        spec: {
          ...{ completions, parallelism: completions, completionMode: 'Indexed' },
          template: { spec: pod(site.nodeName, 'indexed', { containers: [main] }).spec },
        },
      } as KubeObject);
      await waitFor(
        `${completions} completions`,
        async () => {
          const succeeded = await namespace.run('get', 'job', 'indexed', '-o', 'jsonpath={.status.succeeded}');
          if (succeeded === `${completions}`) return true;
          throw new Error(`${succeeded} have succeeded`);
        },
        { timeoutMs: 240_000, intervalMs: 1_000 },
      );
      const pods = await namespace.pods();
      expect(pods.map(({ status }) => status?.phase)).toEqual(Array(completions).fill('Succeeded'));
      // A pod is over when its job says so, which Slurm hears of a moment later.
      await waitFor('all jobs to be over', async () => (await slurm.livingJobs()).length === 0);
      const jobs = await slurm.jobs();
      expect(jobs.map(({ state }) => state)).toEqual(Array(completions).fill('COMPLETED'));
      expect(new Set(jobs.map(({ uid }) => uid)).size).toBe(completions);
      const first = pods.find(
        ({ metadata }) => metadata?.labels?.['batch.kubernetes.io/job-completion-index'] === '49',
      );
      expect(await namespace.run('logs', first?.metadata?.name ?? '')).toBe('index 49\n');
      await namespace.run('delete', 'job', 'indexed', '--cascade=foreground', '--timeout=50s');
      await slurm.waitUntilNothingIsLeft();
    },
    300_000 * PATIENCE,
  );
});
