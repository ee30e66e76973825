import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { headerDictionary } from './dictionary.ts';

test('headerDictionary is that of SPDY/3', () => {
  expect(headerDictionary).toHaveLength(1_423);
  expect(createHash('sha256').update(headerDictionary).digest('hex')).toMatch(/^51d27341.*407f02$/);
});
