import { expect, test } from 'vitest';
import { cleanLine, cleanText, toReason } from './clean-text.ts';

test.each([
  ['keeps lines and tabs', 'a\n\tb', 100, 'a\n\tb'],
  ['drops what drives a terminal', '\u001b[2J\u0007red\u009b31m\r', 100, '[2Jred31m'],
  ['drops what turns the direction of writing', 'safe\u202Etxt.exe', 100, 'safetxt.exe'],
  ['cuts at bytes, between characters', 'äöü', 5, 'äö'],
  ['cuts between the halves of no character', '😀😀', 5, '😀'],
  ['mends a half character', 'a\ud800b', 100, 'a\ufffdb'],
])('cleanText() %s', (_what, text, maxBytes, wanted) => {
  expect(cleanText(text, maxBytes)).toBe(wanted);
});

test('cleanLine() makes one line', () => {
  expect(cleanLine(' a\n  b\t', 100)).toBe('a b');
});

test.each([
  ['OOMKilled', 'OOMKilled'],
  ['ErrImagePull', 'ErrImagePull'],
  ['node fail: c1\u001b', 'NodeFailC1'],
  ['x'.repeat(1_000_000), `X${'x'.repeat(127)}`],
  ['123', undefined],
  ['\u0000', undefined],
  ['', undefined],
  [undefined, undefined],
])('toReason(%s)', (text, wanted) => {
  expect(toReason(text)).toBe(wanted);
});
