import { describe, expect } from 'vitest';
import { statusOf } from '../drivers/containers.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const [all, short] = ['slurm-node', 'slurm-node-short'];
const test = slurmTest('node', {
  virtualNodes: [{ Name: all }, { Name: short, Pool: 'short' }],
  config: { Slurm: { Partitions: { [short]: 'short' } } },
});
const patient = { timeoutMs: 120_000 };

describe.skipIf(cannotRun)('a virtual node of Slurm', { concurrent: true }, () => {
  test('has what its partition has in all: CPUs, memory, GPUs, features', async ({ controlPlane, site: _site }) => {
    for (const [name, partition] of [
      [all, 'main'],
      [short, 'short'],
    ] as const) {
      const node = await new NodeView(name, controlPlane).get();
      expect(node.status?.capacity).toMatchObject({ cpu: '32', 'nvidia.com/gpu': '4' });
      // kubectl and the API write it as they like.
      expect(Number.parseInt(node.status?.capacity?.memory ?? '', 10)).toBeGreaterThan(0);
      expect(node.metadata?.labels).toMatchObject({
        'slurm.interlink.eu/partition': partition,
        'feature.slurm.interlink.eu/feat1': 'true',
        'feature.slurm.interlink.eu/feat2': 'true',
      });
      expect(node.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
  });

  test('gives a pod the GPUs, CPUs and memory that it asks for', async ({ namespace, slurm }) => {
    const resources = { limits: { 'nvidia.com/gpu': '1', cpu: '1500m', memory: '200Mi' } };
    const script = `echo "$CUDA_VISIBLE_DEVICES"; ${untilTerm}`;
    await namespace.apply(pod(all, 'gpu', { containers: [shell('main', script, { resources })] }));
    const running = await namespace.waitForPhase('gpu', 'Running', patient);
    const shown = await slurm.show(await slurm.jobOf(running));
    expect(shown.get('TresPerNode')).toBe('gres/gpu:1');
    expect(shown.get('ReqTRES')).toMatch(/cpu=2,mem=200M,node=1/);
  });

  test('of a partition has its pods there, and refuses those that want another', async ({ namespace, slurm }) => {
    const flags = { 'slurm-job.vk.io/flags': '--partition=main' };
    const elsewhere = pod(short, 'elsewhere', { containers: [shell('main', 'true')] });
    await namespace.apply(pod(short, 'here', { containers: [shell('main', untilTerm)] }), {
      ...elsewhere,
      metadata: { ...elsewhere.metadata, annotations: flags },
    });
    const running = await namespace.waitForPhase('here', 'Running', patient);
    expect(await slurm.jobOf(running)).toMatchObject({ partition: 'short', node: short });
    const refused = await namespace.waitForPod(
      'elsewhere',
      'refused',
      (found) => /partition/.test(statusOf(found, 'main')?.state?.waiting?.message ?? ''),
      patient,
    );
    expect(await slurm.jobsOf(refused)).toEqual([]);
  });
});
