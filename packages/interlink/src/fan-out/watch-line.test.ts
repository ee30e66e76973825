import { expect, test } from 'vitest';
import { readWatchLine } from './watch-line.ts';

test.each([
  ['{"type":"pod","cursor":"a-1","pod":{"uid":"u1","status":{}}}', { type: 'pod', uid: 'u1', cursor: 'a-1' }],
  ['{"pod":{"name":"n","uid":"u1"},"cursor":"a-1","type":"pod"}', { type: 'pod', uid: 'u1', cursor: 'a-1' }],
  ['{"type":"gone","cursor":"a-2","uid":"u1","last":{"uid":"other"}}', { type: 'gone', uid: 'u1', cursor: 'a-2' }],
  ['{"type":"bookmark","cursor":"a-3"}', { type: 'bookmark', cursor: 'a-3', snapshot: undefined }],
  ['{"type":"bookmark","cursor":"a-3","snapshot":"end"}', { type: 'bookmark', cursor: 'a-3', snapshot: 'end' }],
  ['{"type":"event","uid":"u1","event":{}}', { type: 'one-off' }],
  ['{"type":"of-another-day"}', { type: 'one-off' }],
])('readWatchLine() reads %s', (text, line) => {
  expect(readWatchLine(text)).toEqual(line);
});

test.each([
  ['{]', 'a line that is no JSON'],
  ['null', 'a line that is no object'],
  ['{"cursor":"a-1"}', 'a line without a type'],
  ['{"type":"bookmark"}', 'a record of type bookmark without a cursor'],
  ['{"type":"pod","cursor":"a-1","pod":{}}', 'a record of type pod without a UID'],
])('readWatchLine() refuses %s', (text, what) => {
  expect(() => readWatchLine(text)).toThrow(what);
});
