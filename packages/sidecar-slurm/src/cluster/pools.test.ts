import { expect, test } from 'vitest';
import type { SlurmNode } from '../slurm/cluster.ts';
import { simulatedNode, simulatedPartition, simulatedSettings } from '../slurm/testing/simulated-cluster.ts';
import { toPools } from './pools.ts';

function node(name: string, partitions: string[], parts: Partial<SlurmNode> = {}): SlurmNode {
  return { ...simulatedNode, name, partitions, cpus: 4, memoryMiB: 1_024, gres: [], features: [], ...parts };
}

const state = {
  settings: { ...simulatedSettings, maxJobCount: 100 },
  nodes: [
    node('a', ['cpu', 'main'], { features: ['ib', 'no label'] }),
    node('b', ['main'], { gres: [{ name: 'gpu', type: 'a100', count: 2 }] }),
    node('c', ['main'], { gres: [{ name: 'gpu', type: 'mi300', count: 8 }] }),
    node('d', ['main'], { state: 'down' }),
    node('e', ['main'], { flags: ['drain'] }),
  ],
  partitions: [
    { ...simulatedPartition, name: 'cpu', isDefault: false },
    { ...simulatedPartition, name: 'main', isDefault: true },
  ],
};
const noNodes = { partitions: new Map() };
const disk = { 'ephemeral-storage': '1000' };

test('toPools() has the default partition first, and counts nodes that can run jobs', () => {
  expect(toPools(state, noNodes, 1_000n)).toEqual([
    {
      name: 'main',
      capacity: {
        ...disk,
        pods: '100',
        cpu: '12',
        memory: String(3 * 2 ** 30),
        'nvidia.com/gpu': '2',
        'amd.com/gpu': '8',
      },
      labels: { 'slurm.interlink.eu/partition': 'main', 'feature.slurm.interlink.eu/ib': 'true' },
    },
    {
      name: 'cpu',
      capacity: { ...disk, pods: '100', cpu: '4', memory: String(2 ** 30) },
      labels: { 'slurm.interlink.eu/partition': 'cpu', 'feature.slurm.interlink.eu/ib': 'true' },
    },
  ]);
});

test('toPools() has a pool for each virtual node that stands for partitions; a node in two of them counts once', () => {
  const pools = toPools(state, { partitions: new Map([['vk-all', ['cpu', 'main']]]) }, 1_000n);
  expect(pools.find(({ name }) => name === 'vk-all')).toMatchObject({ capacity: { cpu: '12' } });
});

test('toPools() announces what the administrator says', () => {
  const [main] = toPools(state, noNodes, 1_000n, { cpu: '2' });
  expect(main?.capacity).toEqual({ ...disk, pods: '100', cpu: '2' });
});
