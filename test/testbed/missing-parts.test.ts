import { expect, test } from 'vitest';
import { assertNothingMissingInCi, renderMissing } from './missing-parts.ts';

const MISSING = [
  { part: 'docker', name: 'dockerd', problem: 'not found on PATH', howToGet: 'apt-get install docker.io' },
] as const;

test('assertNothingMissingInCi() throws in CI only, and only when something is missing', () => {
  expect(() => assertNothingMissingInCi(MISSING, { CI: 'true' })).toThrow('apt-get install docker.io');
  expect(() => assertNothingMissingInCi(MISSING, {})).not.toThrow();
  expect(() => assertNothingMissingInCi([], { CI: 'true' })).not.toThrow();
});

test('renderMissing() says what is left out and how to get it', () => {
  expect(renderMissing(MISSING)).toBe(
    'left out: everything that needs docker. What is missing:\n' +
      '  dockerd (for docker): not found on PATH; apt-get install docker.io',
  );
  expect(renderMissing([])).toBe('');
});
