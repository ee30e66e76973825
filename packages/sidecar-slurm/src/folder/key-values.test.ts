import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatKeyValues, parseKeyValues } from './key-values.ts';

test('parseKeyValues() reads back what formatKeyValues() writes', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  fc.assert(
    fc.property(fc.dictionary(key, fc.string({ unit: 'binary' })), (values) => {
      expect(parseKeyValues(formatKeyValues(values))).toEqual(new Map(Object.entries(values)));
    }),
  );
});

test('parseKeyValues() leaves out what is no line of it, and one that is cut off', () => {
  expect(parseKeyValues('a=1\nchatter\nB=2\nc=x=y\nd')).toEqual(
    new Map([
      ['a', '1'],
      ['c', 'x=y'],
    ]),
  );
});
