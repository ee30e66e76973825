import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['SidecarUrl', 'SidecarURL'],
  ['InterlinkPrt', 'InterlinkPort'],
  ['Zebra', undefined],
  // Not compared letter by letter with each.
  [`SidecarURL${'L'.repeat(10_000_000)}`, undefined],
])('nearest(%j) is %j', (word, expected) => {
  expect(nearest(word, ['SidecarURL', 'InterlinkPort', 'LogLevel'])).toBe(expected);
});
