import type { PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { reportOf } from '../../testing/watched-sidecar.ts';
import { FedBoard, podRecord } from '../testing/board-of.ts';
import { History, median, sumOf } from './history.ts';

function runningSince(index: number, at: number): PodReport {
  const { status, ...report } = reportOf(index);
  const state = { running: { startedAt: new Date(at).toISOString() } };
  const container = { name: 'c', state, ready: true, restartCount: 0, image: '', imageID: '' };
  return { ...report, status: { ...status, containerStatuses: [container] } };
}

test('History counts pods by state, starts once, and requests since the sample before', () => {
  const fed = new FedBoard();
  const [one, two] = [fed.watch({ cluster: 'c', node: 'one' }), fed.watch({ cluster: 'c', node: 'two' })];
  const history = new History();
  const take = (sent: number) =>
    history.take(fed.now, fed.board.owners, { sent: new Map([['sidecar', sent]]), ofBackends: new Map() });
  one(podRecord(reportOf(1)));
  two(podRecord(reportOf(2)));
  take(10);
  one(podRecord(runningSince(1, fed.now + 4_000)));
  take(17);
  take(17);
  expect(history.samples.map(({ requests }) => requests.get('sidecar'))).toEqual([10, 7, 0]);
  const ofOne = history.samples.map((sample) => sumOf(sample, new Set(['c/one'])));
  expect(ofOne.map(({ counts }) => [counts.Starting, counts.Running])).toEqual([
    [1, 0],
    [0, 1],
    [0, 1],
  ]);
  expect(ofOne.map(({ startLatenciesMs }) => startLatenciesMs)).toEqual([[], [4_000], []]);
  const [, , last] = history.samples.map((sample) => sumOf(sample, new Set(['c/one', 'c/two'])));
  expect(last?.counts).toMatchObject({ Starting: 1, Running: 1 });
});

test('History counts what sidecars ask of their backends while it looks, over their restarts', () => {
  const history = new History();
  const told = [undefined, 1_000, 1_007, 1_007, 4, undefined, 6];
  for (const [at, total] of told.entries())
    history.take(at, [], { sent: new Map(), ofBackends: new Map(total === undefined ? [] : [['slurm', total]]) });
  const perMinute = history.samples.map(({ backendRequests }) => backendRequests.get('slurm'));
  expect(perMinute).toEqual([undefined, undefined, 7, 0, 4, undefined, undefined]);
});

test('History holds six hours', () => {
  const history = new History();
  for (let at = 0; at < 400; at += 1) history.take(at, [], { sent: new Map(), ofBackends: new Map() });
  expect(history.samples.map(({ at }) => at)).toEqual(Array.from({ length: 360 }, (_, index) => index + 40));
});

test('median() is one of the numbers, and none of none', () => {
  expect([median([]), median([5]), median([9, 1, 5]), median([1, 2, 3, 4])]).toEqual([undefined, 5, 5, 2]);
});
