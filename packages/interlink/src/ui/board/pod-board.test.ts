import { expect, test } from 'vitest';
import { reportOf, uidOf } from '../../testing/watched-sidecar.ts';
import { FedBoard, podRecord, snapshotOf } from '../testing/board-of.ts';

const owner = { cluster: 'c1', node: 'n1' };
const uids = (fed: FedBoard) => [...(fed.board.ownerBoard(owner)?.pods.keys() ?? [])];

test('PodBoard holds each pod as its newest line has it', () => {
  const fed = new FedBoard();
  const tell = fed.watch(owner);
  for (const record of snapshotOf(reportOf(1), reportOf(2))) tell(record);
  tell(podRecord(reportOf(1, 'another')));
  tell({ type: 'gone', cursor: 'c', uid: uidOf(2) });
  expect(uids(fed)).toEqual([uidOf(1)]);
  expect(fed.board.podOf(owner, uidOf(1))?.row.jobId).toBe('another');
  expect(fed.board.goneAfter(0).map(({ uid }) => uid)).toEqual([uidOf(2)]);
});

test('PodBoard drops what a new snapshot lacks, and knows for how long it has known the others', () => {
  const fed = new FedBoard();
  const first = fed.watch(owner);
  for (const record of snapshotOf(reportOf(1), reportOf(2))) first(record);
  first();
  expect(fed.board.ownerBoard(owner)?.isWatched).toBe(false);
  expect(uids(fed)).toHaveLength(2);
  fed.now += 1_000;
  const again = fed.watch(owner);
  for (const record of snapshotOf(reportOf(2), reportOf(3))) again(record);
  expect(uids(fed)).toEqual([uidOf(2), uidOf(3)]);
  expect(fed.board.podOf(owner, uidOf(2))?.firstSeenAt).toBe(1_000_000);
  again(podRecord(reportOf(4)));
  const isSeenFromStart = [3, 4].map((index) => fed.board.podOf(owner, uidOf(index))?.isSeenFromStart);
  expect(isSeenFromStart).toEqual([false, true]);
});

test('PodBoard keeps the last twenty events of a pod', () => {
  const fed = new FedBoard();
  const tell = fed.watch(owner);
  for (let index = 0; index < 25; index += 1)
    tell({ type: 'event', uid: uidOf(1), event: { type: 'Normal', reason: `E${index}`, message: '' } });
  tell({ type: 'event', uid: uidOf(1), event: { type: 'Normal', reason: 'Long', message: 'x'.repeat(20_000) } });
  tell({ type: 'of-another-day' });
  const reasons = fed.board
    .ownerBoard(owner)
    ?.eventsOf(uidOf(1))
    .map(({ reason }) => reason);
  expect(reasons).toEqual(Array.from({ length: 20 }, (_, index) => `E${index + 5}`));
});

test('PodBoard forgets deletions and nodes that nobody watches, beyond a number', () => {
  const fed = new FedBoard();
  const tell = fed.watch(owner);
  for (let index = 0; index < 4_001; index += 1) {
    tell(podRecord(reportOf(index)));
    tell({ type: 'gone', cursor: 'c', uid: uidOf(index) });
  }
  expect(fed.board.goneAfter(0)).toHaveLength(2_000);
  expect(fed.board.forgottenUntil).toBe(2 * 2_001);
  for (let index = 0; index < 300; index += 1) fed.watch({ cluster: 'c2', node: `n${index}` })();
  expect(fed.board.owners).toHaveLength(201);
  expect(fed.board.ownerBoard(owner)).toBeDefined();
});
