import { expect, test } from 'vitest';
import { workingFolder } from './working-folder.ts';

test.each([
  [undefined, '/scratch'],
  ['', '/scratch'],
  [import.meta.dirname, import.meta.dirname],
  ['/no/such/folder', '/scratch'],
  [import.meta.filename, '/scratch'],
  [`${import.meta.filename}/below`, '/scratch'],
])('workingFolder() of workingDir %j is %s', (workingDir, folder) => {
  expect(workingFolder({ ...(workingDir === undefined ? {} : { workingDir }), scratch: '/scratch' })).toBe(folder);
});
