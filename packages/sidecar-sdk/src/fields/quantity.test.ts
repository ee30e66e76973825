import { expect, test } from 'vitest';
import { parseQuantity } from './quantity.ts';

test.each([
  ['100m', 0.1],
  ['1.5Gi', 1_610_612_736],
  ['2e3', 2_000],
  ['0e999', 0],
  ['0E', 0],
  ['1Ka', undefined],
  ['mi', undefined],
  ['5.', 5],
  // Digit by digit once, not once for each way to split them.
  [`${'1'.repeat(1_000_000)}x`, undefined],
])('parseQuantity() of %j is %j', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});
