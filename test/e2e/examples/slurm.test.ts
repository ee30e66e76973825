import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { cannotRun, slurmTest } from '../slurm/drivers/slurm-test.ts';

const test = slurmTest('examples');
const examples = join(import.meta.dirname, '../../../examples');
const patient = { timeoutMs: 120_000 };

describe.skipIf(cannotRun)('examples/slurm, applied as they are', { concurrent: true }, () => {
  test('gpu.yaml: the job has a GPU, and the container is shown that one', async ({ namespace, slurm }) => {
    await namespace.run('apply', '-f', join(examples, 'slurm/gpu.yaml'));
    const pod = await namespace.waitForPhase('gpu', 'Succeeded', patient);
    expect(await namespace.run('logs', 'gpu')).toMatch(/^GPU \d\n$/);
    expect((await slurm.show(await slurm.jobOf(pod))).get('TresPerNode')).toBe('gres/gpu:1');
  });

  test('flags.yaml: the job has the options of the annotation', async ({ namespace, slurm }) => {
    await namespace.run('apply', '-f', join(examples, 'slurm/flags.yaml'));
    const pod = await namespace.waitForPhase('flags', 'Succeeded', patient);
    expect(await namespace.run('logs', 'flags')).toBe('runs with options of sbatch\n');
    const job = await slurm.show(await slurm.jobOf(pod));
    expect([job.get('TimeLimit'), job.get('Nice'), job.get('CPUs/Task')]).toEqual(['02:00:00', '100', '2']);
  });

  test('mpi.yaml: mpiexec starts as many processes as the job has tasks', async ({ namespace, slurm }) => {
    await namespace.run('apply', '-f', join(examples, 'slurm/mpi.yaml'));
    const pod = await namespace.waitForPhase('mpi', 'Succeeded', patient);
    const lines = (await namespace.run('logs', 'mpi')).trim().split('\n');
    expect(lines.sort()).toEqual(['rank 0 of 2', 'rank 1 of 2']);
    expect((await slurm.show(await slurm.jobOf(pod))).get('NumTasks')).toBe('2');
  });

  // What else people bring here: the same files as on Docker.
  test('pods/argo-workflow-pod.yaml runs as a job, too', async ({ namespace }) => {
    await namespace.run('apply', '-f', join(examples, 'pods/argo-workflow-pod.yaml'));
    await namespace.waitForPhase('hello-argo', 'Succeeded', patient);
    const report = 'hello-argo: main ended with 0, output hello from a workflow\n';
    expect(await namespace.run('logs', 'hello-argo', '-c', 'wait')).toBe(report);
  });
});
