import { expect, test } from 'vitest';
import { renderClusterConf } from './cluster-conf.ts';
import { renderSlurmConf } from './slurm-conf.ts';

test('renderSlurmConf() names nodes and partitions, and lets settings have the last word', () => {
  const conf = renderSlurmConf({
    controller: 'vm(127.0.0.1)',
    controllerPort: 6000,
    nodePort: 6001,
    nodes: [{ name: 'vm', address: '127.0.0.1', gres: 'gpu:a100:2', features: 'feat1' }],
    settings: { SlurmdTimeout: 99 },
  });
  const lines = conf.split('\n');
  expect(lines).toContain('SlurmctldHost=vm(127.0.0.1)');
  expect(lines).toContain('NodeName=vm NodeAddr=127.0.0.1 CPUs=16 RealMemory=16000 Features=feat1 Gres=gpu:a100:2');
  expect(lines.filter((line) => line.startsWith('SlurmdTimeout='))).toEqual(['SlurmdTimeout=99']);
  const partitions = lines.filter((line) => line.startsWith('PartitionName=')).map((line) => line.split(/[ =]/)[1]);
  expect(partitions).toEqual(['main', 'low', 'lowcancel', 'short', 'down']);
});

test.each([
  { hasCgroups: true, wanted: ['TaskPlugin=task/cgroup', 'ProctrackType=proctrack/cgroup'] },
  { hasCgroups: false, wanted: ['TaskPlugin=task/none', 'JobAcctGatherParams=OverMemoryKill'] },
])('renderClusterConf() has jobs held to their memory, control groups: $hasCgroups', ({ hasCgroups, wanted }) => {
  const addresses = { controller: '10.1.1.10', c1: '10.1.1.11', c2: '10.1.1.12' };
  const files = renderClusterConf(addresses, hasCgroups);
  expect(Object.keys(files)).toEqual(['slurm.conf', 'cgroup.conf', 'gres.conf']);
  for (const line of wanted) expect(files['slurm.conf']?.split('\n')).toContain(line);
  expect(files['slurm.conf']).toContain('NodeName=c2 NodeAddr=10.1.1.12 ');
});
