import { expect, test } from 'vitest';
import { assertReachable } from './assert-reachable.ts';

test('assertReachable() has nobody dial the address of a pod at a rootless engine', () => {
  expect(() => assertReachable({ rootless: false })).not.toThrow();
  expect(() => assertReachable({ rootless: true })).toThrow('the engine is rootless');
});
