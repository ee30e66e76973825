import { expect, test } from 'vitest';
import { scriptKeys } from './script-keys.ts';

test('scriptKeys has every key once, each with its meaning', () => {
  const paths = scriptKeys.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toContain('pods[].timeline[].exitCode');
  expect(paths).toContain('calls.create[].every');
  expect(scriptKeys.filter(({ meaning }) => meaning === '' || meaning.includes('|'))).toEqual([]);
});
