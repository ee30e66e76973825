import { expect, test } from 'vitest';
import { parseExit } from './exits.ts';
import { firstNode } from './first-node.ts';
import { parseGres } from './gres.ts';
import { parseMinutes, parseTime } from './times.ts';

test.each([
  ['0:0', { exitCode: 0, signal: 0 }],
  ['3:0', { exitCode: 3, signal: 0 }],
  ['0:125', { exitCode: 0, signal: 125 }],
  ['0', { exitCode: 0, signal: 0 }],
  ['768', { exitCode: 3, signal: 0 }],
  ['15', { exitCode: 0, signal: 15 }],
  ['9', { exitCode: 0, signal: 9 }],
  ['4021', { exitCode: 0, signal: 53 }],
  ['N/A', undefined],
  ['', undefined],
])('parseExit(%j)', (text, exit) => {
  expect(parseExit(text)).toEqual(exit);
});

test.each([
  ['1795697306', '2026-11-26T12:48:26.000Z'],
  ['0', undefined],
  ['N/A', undefined],
  ['NONE', undefined],
  ['Unknown', undefined],
  ['2026-13-40T00:00:00', undefined],
  ['15698795702242', undefined],
])('parseTime(%j)', (text, time) => {
  expect(parseTime(text)?.toISOString()).toBe(time);
});

test('parseTime() reads local time as ours', () => {
  expect(parseTime('2026-11-26T12:48:26')).toEqual(new Date(2026, 10, 26, 12, 48, 26));
});

test.each([
  ['1-02:03:04', 24 * 60 + 2 * 60 + 4],
  ['2:00:00', 120],
  ['5:00', 5],
  ['0:30', 1],
  ['00:05:00', 5],
  ['365-00:00:00', 365 * 24 * 60],
  ['UNLIMITED', undefined],
  ['infinite', undefined],
  ['NONE', undefined],
  ['Partition_Limit', undefined],
])('parseMinutes(%j) is %s', (text, minutes) => {
  expect(parseMinutes(text)).toBe(minutes);
});

test.each([
  ['gpu:a100:2', [{ name: 'gpu', type: 'a100', count: 2 }]],
  ['gpu:2', [{ name: 'gpu', type: undefined, count: 2 }]],
  ['gpu:a100:1(IDX:0,2)', [{ name: 'gpu', type: 'a100', count: 1 }]],
  ['gpu:a100:0(IDX:N/A)', [{ name: 'gpu', type: 'a100', count: 0 }]],
  [
    'gpu:a100:2(S:0-1),gpu:h100:1(S:2),mps:200',
    [
      { name: 'gpu', type: 'a100', count: 2 },
      { name: 'gpu', type: 'h100', count: 1 },
      { name: 'mps', type: undefined, count: 200 },
    ],
  ],
  ['bandwidth:lustre:no_consume:4K', [{ name: 'bandwidth', type: 'lustre', count: 4_096 }]],
  ['(null)', []],
  ['', []],
])('parseGres(%j)', (text, gres) => {
  expect(parseGres(text)).toEqual(gres);
});

test.each([
  ['c1', 'c1'],
  ['c1,d2', 'c1'],
  ['c[1-2]', 'c1'],
  ['c[01-04,07],d1', 'c01'],
  ['rack[0-1]n[03-09]', 'rack0n03'],
  ['', ''],
])('firstNode(%j) is %j', (nodes, first) => {
  expect(firstNode(nodes)).toBe(first);
});
