import { expect, test } from 'vitest';
import { limitText, maxTextBytes } from './limit-text.ts';

test('limitText() keeps what fits, and cuts between characters', () => {
  const whole = 'a'.repeat(maxTextBytes);
  expect(limitText(whole)).toBe(whole);
  expect(limitText(`${whole}b`)).toBe(whole);
  expect(limitText(`a${'ä'.repeat(maxTextBytes / 2)}`)).toBe(`a${'ä'.repeat(maxTextBytes / 2 - 1)}`);
  expect(limitText(Buffer.from(`${whole}b`))).toBe(whole);
});
