import { expect, test } from 'vitest';
import { pointInTime, renderAge, renderPoint } from './times.ts';

test.each([
  [-5, '0s'],
  [119, '119s'],
  [120, '2m'],
  [150, '2m30s'],
  [600, '10m'],
  [3 * 3_600, '3h'],
  [3 * 3_600 + 300, '3h5m'],
  [9 * 3_600 + 300, '9h'],
  [49 * 3_600, '2d'],
])('renderAge() of %i s is %s', (seconds, age) => {
  expect(renderAge(seconds * 1_000)).toBe(age);
});

test('pointInTime() is in UTC, and shows what is no time as it is, escaped', () => {
  expect(renderPoint('2027-01-01T01:00:00+01:00')).toBe('2027-01-01 00:00:00 UTC');
  expect(pointInTime('<soon>').text).toBe('&lt;soon&gt;');
});
