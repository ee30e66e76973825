import { onlookerHeader } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { readWatchQuery } from './watch-query.ts';

const watch = { method: 'GET', params: { '*': 'pods' }, query: { watch: 'true' } as object, headers: {} };

test.each([
  ['a watch', {}, { cursor: undefined, isOnlooker: false }],
  ['a watch that goes on', { query: { watch: 'true', cursor: '7' } }, { cursor: '7', isOnlooker: false }],
  ['an onlooker', { headers: { [onlookerHeader]: 'true' } }, { cursor: undefined, isOnlooker: true }],
  ['who says that it is none', { headers: { [onlookerHeader]: 'false' } }, { cursor: undefined, isOnlooker: false }],
  ['a list', { query: {} }, undefined],
  ['two cursors', { query: { watch: 'true', cursor: ['1', '2'] } }, undefined],
  ['what is not known here', { query: { watch: 'true', since: '1' } }, undefined],
  ['another path', { params: { '*': 'pods/1' } }, undefined],
  ['another method', { method: 'PUT' }, undefined],
])('readWatchQuery() reads %s', (_, more, expected) => {
  expect(readWatchQuery({ ...watch, ...more })).toEqual(expected);
});
