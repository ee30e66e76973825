import { expect, test } from 'vitest';
import { reportOf, uidOf } from '../../testing/watched-sidecar.ts';
import { FedBoard, podRecord } from '../testing/board-of.ts';
import { EventFeed, readPlace } from './event-feed.ts';

const [one, two] = [
  { cluster: 'c', node: 'one' },
  { cluster: 'c', node: 'two' },
];

function start() {
  const fed = new FedBoard();
  const [tellOne, tellTwo] = [fed.watch(one), fed.watch(two)];
  return { board: fed.board, tellOne, tellTwo };
}

test('EventFeed tells a reader of the owners that he may see, and of no other', () => {
  const { board, tellOne, tellTwo } = start();
  const feed = new EventFeed(board, board.sequence, ({ node }) => node === 'one');
  tellTwo(podRecord(reportOf(2)));
  tellTwo({ type: 'gone', cursor: 'c', uid: uidOf(2) });
  expect(feed.next()).toBeUndefined();
  tellOne(podRecord(reportOf(1, 'job')));
  tellTwo(podRecord(reportOf(3)));
  expect(feed.next()).toMatchObject({ rows: [{ uid: uidOf(1), cells: { job: 'job' } }], gone: [] });
  tellOne({ type: 'gone', cursor: 'c', uid: uidOf(1) });
  expect(feed.next()).toEqual({ rows: [], gone: [uidOf(1)] });
  expect(feed.next()).toBeUndefined();
});

test('EventFeed tells many changes in parts, each pod once in its newest state', () => {
  const { board, tellOne } = start();
  const feed = new EventFeed(board, 0, () => true);
  for (const job of ['old', 'new'])
    for (let index = 0; index < 1_200; index += 1) tellOne(podRecord(reportOf(index, job)));
  const told = [feed.next(), feed.next(), feed.next()].map((changes) => changes?.rows ?? []);
  expect(told.map(({ length }) => length)).toEqual([500, 500, 200]);
  expect(new Set(told.flat().map(({ uid }) => uid)).size).toBe(1_200);
  expect(told.flat().every(({ cells }) => cells.job === 'new')).toBe(true);
  expect(feed.next()).toBeUndefined();
});

test('readPlace() takes a place of this board that it still remembers', () => {
  const { board, tellOne } = start();
  tellOne(podRecord(reportOf(1)));
  expect(readPlace(board, `${board.instance}-1`)).toBe(1);
  for (const text of [`${board.instance}-2`, 'other-1', board.instance, `${board.instance}-x`, undefined, ['a']])
    expect([text, readPlace(board, text)]).toEqual([text, undefined]);
});
