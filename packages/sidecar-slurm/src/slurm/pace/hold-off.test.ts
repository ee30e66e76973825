import { expect, test } from 'vitest';
import { HoldOff } from './hold-off.ts';

test('HoldOff lets everything through until something fails', () => {
  const holdOff = new HoldOff();
  expect([holdOff.ask(0), holdOff.ask(0)]).toEqual([0, 0]);
});

test('HoldOff holds off after a failure, then lets one through, which decides', () => {
  const holdOff = new HoldOff();
  holdOff.failed(0);
  expect(holdOff.ask(400)).toBe(600);
  expect(holdOff.ask(1_000)).toBe(0);
  expect(holdOff.ask(1_000)).toBeGreaterThan(0);
  holdOff.failed(1_500);
  expect(holdOff.ask(1_500)).toBe(2_000);
  expect(holdOff.ask(3_500)).toBe(0);
  holdOff.succeeded();
  expect([holdOff.ask(3_500), holdOff.ask(3_500)]).toEqual([0, 0]);
});

test('HoldOff waits half a minute at most', () => {
  const holdOff = new HoldOff();
  for (let count = 0; count < 100; count += 1) holdOff.failed(count * 60_000);
  expect(holdOff.ask(99 * 60_000)).toBe(30_000);
});

test('HoldOff counts calls that fail together as one', () => {
  const holdOff = new HoldOff();
  for (let count = 0; count < 4; count += 1) holdOff.failed(count);
  expect(holdOff.ask(4)).toBe(996);
});

test('HoldOff lets another one decide when the call was not made after all', () => {
  const holdOff = new HoldOff();
  holdOff.failed(0);
  expect(holdOff.ask(1_000)).toBe(0);
  holdOff.undecided();
  expect(holdOff.ask(1_000)).toBe(0);
});

test('HoldOff does not wait for a clock that was set back', () => {
  const holdOff = new HoldOff();
  holdOff.failed(7_200_000);
  expect(holdOff.ask(0)).toBe(0);
});
