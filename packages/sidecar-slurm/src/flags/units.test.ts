import { expect, test } from 'vitest';
import { parseMemory, parseTime, renderDuration } from './units.ts';

test.each([
  ['16G', 16_384],
  ['16gb', 16_384],
  ['32000M', 32_000],
  ['1024', 1_024],
  ['1025K', 2],
  ['1T', 2 ** 20],
  ['0', 0],
  ['', undefined],
  ['16X', undefined],
  ['16Gi', undefined],
  ['-1', undefined],
])('parseMemory(%j) is %j MiB', (text, expected) => {
  expect(parseMemory(text)).toBe(expected);
});

test.each([
  ['90', 5_400],
  ['1:30', 90],
  ['01:00:00', 3_600],
  ['1-2', 93_600],
  ['1-02:03', 93_780],
  ['1-02:03:04', 93_784],
  ['UNLIMITED', Number.POSITIVE_INFINITY],
  ['1h', undefined],
  ['', undefined],
  ['1:2:3:4', undefined],
])('parseTime(%j) is %j s', (text, expected) => {
  expect(parseTime(text)).toBe(expected);
});

test.each([
  [0, '0:00'],
  [61, '1:01'],
  [3_600, '1:00:00'],
  [86_399, '23:59:59'],
  [864_000, '10-00:00:00'],
])('renderDuration() of %i s is %s, which parseTime() reads back', (seconds, text) => {
  expect(renderDuration(seconds)).toBe(text);
  expect(parseTime(text)).toBe(seconds);
});
