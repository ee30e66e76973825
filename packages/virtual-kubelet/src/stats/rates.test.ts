import { expect, test } from 'vitest';
import { GrowingSum } from './growing-sum.ts';
import { Rates } from './rates.ts';

test('Rates gives what a counter grew by per second, the same as long as there is no newer sample', () => {
  const rates = new Rates();
  const read = (timeMs: number, value: bigint) => {
    const rate = rates.perSecond('key', timeMs, value);
    rates.endReading();
    return rate;
  };
  expect(read(1_000, 5n)).toBeUndefined();
  expect(read(3_000, 9n)).toBe(2n);
  expect(read(3_000, 9n)).toBe(2n);
  expect(read(3_500, 19n)).toBe(20n);
  expect(read(4_000, 1n)).toBeUndefined();
  expect(read(5_000, 2n)).toBe(1n);
});

test('Rates forgets counters that a reading lacks', () => {
  const rates = new Rates();
  rates.perSecond('key', 1_000, 5n);
  rates.endReading();
  rates.endReading();
  expect(rates.perSecond('key', 2_000, 6n)).toBeUndefined();
});

test('GrowingSum never falls: what has gone stays, what began anew adds', () => {
  const sum = new GrowingSum();
  expect(
    sum.add(
      new Map([
        ['a', 5n],
        ['b', 7n],
      ]),
    ),
  ).toBe(12n);
  expect(sum.add(new Map([['a', 6n]]))).toBe(13n);
  expect(sum.add(new Map([['a', 2n]]))).toBe(15n);
  expect(sum.add(new Map())).toBe(15n);
});
