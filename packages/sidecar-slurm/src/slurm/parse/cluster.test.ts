import { expect, test } from 'vitest';
import { recordedReleases, recording, reformat } from '../testing/recorded.ts';
import { parseNodeReasons } from './node-reasons.ts';
import { nodeFields, parseNodes } from './nodes.ts';
import { parsePartitions } from './partitions.ts';
import { parseSettings } from './settings.ts';

// Not recorded: the state in all its parts. What is shown in place of it has a sign at its end.
const standIns = { StateComplete: 'StateLong' };
const moments = ['idle', 'busy', 'draining', 'node-fail'];

test.each(recordedReleases.flatMap((release) => moments.map((moment) => [release, moment] as const)))(
  'parseNodes() of %s (%s) shows each node once, with all of its partitions',
  (release, moment) => {
    const nodes = parseNodes(reformat(recording(release, `sinfo-${moment}`), nodeFields, standIns));
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) {
      expect(node).toMatchObject({
        partitions: ['down', 'low', 'lowcancel', 'main', 'short'],
        cpus: 16,
        memoryMiB: 16_000,
        gres: [{ name: 'gpu', type: 'a100', count: 2 }],
        features: [expect.stringMatching(/^feat\d$/)],
      });
    }
  },
);

test.each(recordedReleases)('parseNodes() of %s shows what is allocated', (release) => {
  const nodes = parseNodes(reformat(recording(release, 'sinfo-busy'), nodeFields, standIns));
  for (const node of nodes) {
    expect(node.allocatedCpus).toBeGreaterThan(0);
    expect(node.allocatedMemoryMiB).toBeGreaterThan(0);
    expect(node.allocatedGres).toEqual([{ name: 'gpu', type: 'a100', count: 1 }]);
  }
});

test('parseNodes() tells the base state from what stands beside it', () => {
  const text = [
    'c1|main*|MIXED+PLANNED|1/15/0/16|16000|100|(null)|(null)|(null)|',
    'c2|main*|down+drain+not_responding|0/0/16/16|16000|0|gpu:2|gpu:0|a,b|',
    'c1|low|MIXED+PLANNED|1/15/0/16|16000|100|(null)|(null)|(null)|',
    'sinfo: warning|',
  ].join('\n');
  expect(parseNodes(text)).toMatchObject([
    { name: 'c1', partitions: ['low', 'main'], state: 'mixed', flags: ['planned'], gres: [], features: [] },
    { name: 'c2', partitions: ['main'], state: 'down', flags: ['drain', 'not_responding'], features: ['a', 'b'] },
  ]);
});

test.each(recordedReleases)('parsePartitions() of %s', (release) => {
  const partitions = parsePartitions(recording(release, 'scontrol-show-partition').output.stdout);
  expect(partitions.map(({ name, state, isDefault, preemptMode }) => [name, state, isDefault, preemptMode])).toEqual([
    ['main', 'UP', true, 'REQUEUE'],
    ['low', 'UP', false, 'REQUEUE'],
    ['lowcancel', 'UP', false, 'CANCEL'],
    ['short', 'UP', false, 'REQUEUE'],
    ['down', 'DOWN', false, 'REQUEUE'],
  ]);
  expect(partitions[0]).toMatchObject({
    maxTimeMinutes: undefined,
    defaultTimeMinutes: undefined,
    maxNodes: undefined,
    minNodes: 0,
    defaultMemoryPerCpuMiB: 100,
    maxMemoryPerNodeMiB: undefined,
    allowAccounts: undefined,
    denyAccounts: [],
    isRootOnly: false,
    requiresReservation: false,
  });
  expect(partitions[0]?.totalCpus).toBe((partitions[0]?.totalNodes ?? 0) * 16);
  expect(partitions[3]?.maxTimeMinutes).toBe(5);
});

test('parsePartitions() reads lists and limits', () => {
  const [partition] = parsePartitions(
    'PartitionName=gpu AllowGroups=ALL AllowAccounts=a,b DenyQos=low MaxTime=1-00:00:00 DefaultTime=01:00:00 MaxNodes=4 MinNodes=1 MaxCPUsPerNode=8 MaxMemPerCPU=2000 RootOnly=YES ReqResv=YES Nodes=(null) State=DRAIN\n',
  );
  expect(partition).toMatchObject({
    ...{ allowGroups: undefined, allowAccounts: ['a', 'b'], denyQos: ['low'], maxTimeMinutes: 1_440 },
    ...{ defaultTimeMinutes: 60, maxNodes: 4, minNodes: 1, maxCpusPerNode: 8, maxMemoryPerCpuMiB: 2_000 },
    ...{ isRootOnly: true, requiresReservation: true, nodes: '', state: 'DRAIN' },
  });
});

test.each(recordedReleases)('parseSettings() of %s', (release) => {
  const settings = parseSettings(recording(release, 'scontrol-show-config').output.stdout);
  expect(settings).toMatchObject({
    maxJobCount: 10_000,
    minJobAgeSeconds: 300,
    killWaitSeconds: 30,
    requeuesByDefault: true,
  });
  expect(settings).toMatchObject({ requestLimit: undefined, hasAccounting: false, clusterName: 'testbed' });
  expect(settings.version.startsWith(`${release}.`)).toBe(true);
  expect(settings.all.get('SchedulerParameters')).toBe('sched_interval=1,bf_interval=1,sched_min_interval=10000');
});

test.each([
  ['rl_enable', { burst: 30, perSecond: 2 }],
  ['enable_configless,RL_ENABLE,rl_bucket_size=10,rl_refill_rate=5,rl_refill_period=2', { burst: 10, perSecond: 2.5 }],
  ['rl_bucket_size=10', undefined],
])('parseSettings() reads the limit of requests of %j', (parameters, limit) => {
  expect(parseSettings(`SlurmctldParameters     = ${parameters}\n`).requestLimit).toEqual(limit);
});

test.each(recordedReleases)('parseNodeReasons() of %s says why nodes are drained', (release) => {
  const reasons = parseNodeReasons(recording(release, 'scontrol-show-node-draining').output.stdout);
  expect([...reasons.values()]).toEqual(['a new disk|soon']);
  expect(parseNodeReasons(recording(release, 'scontrol-show-node-idle').output.stdout)).toEqual(new Map());
});

test('parseNodeReasons() takes the time and the account off that slurmctld puts there', () => {
  const line = 'NodeName=c2 Arch=x86_64 CurrentWatts=0 AveWatts=0  Reason=Duplicate jobid [root@2026-11-26T20:40:21]\n';
  expect(parseNodeReasons(line)).toEqual(new Map([['c2', 'Duplicate jobid']]));
});
