import { expect, test } from 'vitest';
import { parseJsonRecord } from './json-record.ts';

const record = (value: unknown) => parseJsonRecord(Buffer.from(JSON.stringify(value)));

test.each([
  ['2027-01-01T00:00:00.123456789Z', '2027-01-01T00:00:00.123456789Z'],
  ['2027-01-01T00:00:00.12Z', '2027-01-01T00:00:00.120000000Z'],
  ['2027-01-01T00:00:00Z', '2027-01-01T00:00:00.000000000Z'],
])('parseJsonRecord() gives the time %s nine digits', (time, wanted) => {
  expect(record({ log: 'a "line"\n', stream: 'stdout', time })).toEqual({
    time: wanted,
    content: Buffer.from('a "line"\n'),
  });
});

test.each(['', '{"log":"half of a li', '"text"', 'null', '{"log":1,"time":"2027-01-01T00:00:00Z"}', '\0\0\0'])(
  'parseJsonRecord() takes %j for no record',
  (text) => {
    expect(parseJsonRecord(Buffer.from(text))).toBeUndefined();
  },
);
