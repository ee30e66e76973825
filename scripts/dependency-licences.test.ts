import { expect, test } from 'vitest';
import { findLicenceProblems, type Licensed } from './dependency-licences.ts';
import { findUnjustified } from './dependency-table.ts';

const lock = {
  packages: {
    'packages/a': { dependencies: { web: '1', '@interlink/b': '1' } },
    'node_modules/web': { dependencies: { deep: '2' }, optionalDependencies: { elsewhere: '1' } },
    'node_modules/web/node_modules/deep': {},
    'node_modules/deep': {},
    'node_modules/elsewhere': {},
    'node_modules/test-only': {},
  },
};

const problemsWith = (licences: Readonly<Record<string, Licensed>>) =>
  findLicenceProblems(lock, ['packages/a'], (folder) => licences[folder]);

test.each<[Licensed]>([
  [{ license: 'MIT' }],
  [{ license: '(GPL-3.0 OR MIT)' }],
  [{ license: 'MIT AND ISC' }],
  [{ license: { type: 'BSD-3-Clause' } }],
  [{ licenses: [{ type: 'MIT' }] }],
])('findLicenceProblems() takes %j', (manifest) => {
  expect(problemsWith({ 'node_modules/web': manifest })).toEqual([]);
});

test.each<[Licensed, string]>([
  [{ license: 'GPL-3.0' }, 'GPL-3.0'],
  [{ license: 'MIT AND GPL-3.0' }, 'MIT AND GPL-3.0'],
  [{}, 'not told'],
])('findLicenceProblems() refuses %j', (manifest, licence) => {
  expect(problemsWith({ 'node_modules/web': manifest })).toEqual([
    `node_modules/web: its licence is ${licence}, which is not known as permissive`,
  ]);
});

test('findLicenceProblems() looks at what libraries bring, where Node would find it, and at nothing else', () => {
  const bad = { license: 'SSPL-1.0' };
  expect(problemsWith({ 'node_modules/web/node_modules/deep': bad })).toHaveLength(1);
  expect(problemsWith({ 'node_modules/deep': bad, 'node_modules/test-only': bad })).toEqual([]);
});

test('findUnjustified() finds the library that the table does not name', () => {
  const table =
    '# A\n\nws\n\n## Dependencies, and why\n\n| library | why |\n|---|---|\n| @x/api, core (with y) | ws is no row |\n';
  const libraries = ['@x/api', '@x/core', 'y', 'ws', '@types/ws'];
  expect(findUnjustified([{ name: 'a', libraries }], table)).toEqual([
    'a: depends on ws, which the table of ARCHITECTURE.md does not justify',
  ]);
});
