import { expect, test } from 'vitest';
import { BoundedNames } from './bounded-names.ts';

test('bound() keeps the first names, and has one for all later ones', () => {
  const names = new BoundedNames(2);
  expect(['a', 'b', 'c', 'a', 'd'].map((name) => names.bound(name))).toEqual(['a', 'b', 'other', 'a', 'other']);
});
