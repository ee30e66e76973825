import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { toNetwork, toUsage } from './engine-usage.ts';
import { toContainerStats, toNetworkStats } from './usage.ts';

const time = new Date('2027-01-01T00:00:00Z');
const usage = { time, cpuNanoseconds: 5n, usageBytes: 9, workingSetBytes: 7, rssBytes: 3, processCount: 1 };

test('toContainerStats() leaves out what has used nothing yet', () => {
  expect(toContainerStats('c', 'start', usage)).toMatchObject({ cpu: { usageCoreNanoSeconds: '5' } });
  expect(toContainerStats('c', 'start', { ...usage, cpuNanoseconds: 0n })).toBeUndefined();
  expect(toContainerStats('c', 'start', { ...usage, workingSetBytes: 0 })).toBeUndefined();
});

test('toNetworkStats() adds up all interfaces but loopback', () => {
  const devices = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0',
    '  eth0:     806      11    0    0    0     0          0         0       40       1    0    0    0     0       0          0',
    '  eth2: none of this is a count',
    '  eth1:       4       1    0    0    0     0          0         0        2       1    0    0    0     0       0          0',
    '',
  ].join('\n');
  expect(toNetworkStats(devices, time)).toEqual({ time: '2027-01-01T00:00:00.000Z', rxBytes: '810', txBytes: '42' });
});

test.each([
  ['1', { total_inactive_file: 4, total_rss: 3 }],
  ['2', { inactive_file: 4, anon: 3 }],
])('toUsage() reads the engine’s statistics with control groups version %s', (_version, stats) => {
  const answer = {
    read: '2027-01-01T00:00:00.5Z',
    cpu_stats: { cpu_usage: { total_usage: 12 } },
    memory_stats: { usage: 10, stats },
    pids_stats: { current: 2 },
    networks: { eth0: { rx_bytes: 5, tx_bytes: 6 }, eth1: { rx_bytes: 1, tx_bytes: 1 } },
  } as unknown as Docker.ContainerStats;
  expect(toUsage(answer)).toMatchObject({ cpuNanoseconds: 12n, workingSetBytes: 6, rssBytes: 3, processCount: 2 });
  expect(toNetwork(answer)).toMatchObject({ rxBytes: '6', txBytes: '7' });
});
