import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ownProgram, readAsset } from './single-file.ts';

// The other half, of the executable, is in test/e2e/binaries.
test('readAsset() and ownProgram() go by the file where this is no executable of ours', () => {
  const here = new URL(import.meta.url);
  expect(readAsset('no/such-asset', here)).toContain('where this is no executable of ours');
  expect(ownProgram('no-such-program', here)).toBe(fileURLToPath(here));
});
