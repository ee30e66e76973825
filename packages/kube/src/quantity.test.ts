import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity, quantityToBytes, quantityToMillis } from './quantity.ts';

describe('parseQuantity()', () => {
  it.each([
    ['0', 0],
    ['100m', 0.1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-1k', -1_000],
    ['+2', 2],
    ['1Ki', 1_024],
    ['1.5Gi', 1_610_612_736],
    ['2e3', 2_000],
    ['2E3', 2_000],
    ['1E', 1e18],
    ['12e-1', 1.2],
    ['1n', 1e-9],
    ['3u', 3e-6],
    ['0e999', 0],
    [`1.${'0'.repeat(400)}`, 1],
  ])('reads %s as %d', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each(['', ' ', '1 Gi', 'Gi', '1KiB', '1GI', '1e', '0x10', '1.2.3', '--1', '1m5', 'NaN', '1e9999'])(
    'refuses "%s" by name',
    (text) => {
      expect(() => parseQuantity(text)).toThrow(`Cannot parse quantity "${text}"`);
    },
  );

  it('reads any decimal as JavaScript does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 12 }), (digits, places) => {
        const text = (digits / 10 ** places).toFixed(places);
        expect(parseQuantity(text)).toBeCloseTo(Number(text), 10);
      }),
    );
  });
});

describe('quantityToMillis() and quantityToBytes()', () => {
  it.each([
    ['1n', 1, 1],
    ['250m', 250, 1],
    ['0.1', 100, 1],
    ['1.0005', 1_001, 2],
    ['1Ki', 1_024_000, 1_024],
    ['-0.5', -500, 0],
    ['1.1', 1_100, 2],
  ])('round %s up', (text, millis, units) => {
    expect(quantityToMillis(text)).toBe(millis);
    expect(quantityToBytes(text) + 0).toBe(units);
  });

  it('are exact for whole milli-units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (millis) => {
        expect(quantityToMillis(`${millis}m`)).toBe(millis);
        expect(quantityToMillis(`${Math.floor(millis / 1000)}.${String(millis % 1000).padStart(3, '0')}`)).toBe(millis);
        expect(quantityToBytes(`${millis}m`)).toBe(Math.ceil(millis / 1000));
      }),
    );
  });
});
