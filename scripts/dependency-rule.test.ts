import { expect, test } from 'vitest';
import { findProblems, importsOf, type PackageSources } from './dependency-rule.ts';

const pkg = (name: string, declared: string[], files: Record<string, string>): PackageSources => ({
  name,
  declared,
  sources: Object.entries(files).map(([path, text]) => ({ path: `packages/${name.slice(3)}/src/${path}`, text })),
});

test.each([
  ['an undeclared package of ours', { 'a.ts': "import { x } from '@i/b';" }, 'which @i/a does not declare'],
  ['an undeclared library', { 'a.ts': "import yaml from 'yaml';" }, 'imports yaml, which @i/a does not declare'],
  ['a dynamic import', { 'a.ts': "const y = await import('yaml');" }, 'imports yaml'],
  ['a multi-line import', { 'a.ts': "import {\n  x,\n} from 'yaml';" }, 'imports yaml'],
  ['a test library outside tests', { 'a.ts': "import { test } from 'vitest';" }, 'imports vitest'],
  ['a file of another package', { 'a.ts': "import { x } from '../../b/src/x.ts';" }, 'not in its package'],
  [
    'a circle of files',
    { 'a.ts': "import { b } from './b.ts';", 'b.ts': "export { a } from './a.ts';" },
    'files import in a circle',
  ],
])('findProblems() finds %s', (_what, files, wanted) => {
  const problems = findProblems([pkg('@i/a', [], files), pkg('@i/b', [], { 'x.ts': '' })]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(wanted);
});

test('findProblems() finds a deep import and a circle of packages', () => {
  const problems = findProblems([
    pkg('@i/a', ['@i/b'], { 'a.ts': "import { x } from '@i/b/src/x.ts';" }),
    pkg('@i/b', ['@i/a'], { 'x.ts': "import { a } from '@i/a';" }),
  ]);
  expect(problems.join('\n')).toContain('only @i/b itself is open');
  expect(problems.join('\n')).toContain('packages import in a circle: @i/a → @i/b → @i/a');
});

test('findProblems() lets a subpath pass that the other package exports, and no other', () => {
  const exporting = { ...pkg('@i/b', [], {}), subpaths: ['@i/b/vitest'] };
  const importing = (specifier: string) => pkg('@i/a', ['@i/b'], { 'a.ts': `import { x } from '${specifier}';` });
  expect(findProblems([importing('@i/b/vitest'), exporting])).toEqual([]);
  expect(findProblems([importing('@i/b/other'), exporting])).toHaveLength(1);
});

test('findProblems() lets types, tests and built-in modules pass', () => {
  const files = {
    'a.ts':
      "import type * as k8s from '@kubernetes/client-node';\nimport { join } from 'node:path';\nimport type { B } from './b.ts';",
    'b.ts': "import { a } from './a.ts';",
    'a.test.ts': "import { test } from 'vitest';",
  };
  expect(findProblems([pkg('@i/a', [], files)])).toEqual([]);
});

test('importsOf() skips comments', () => {
  expect(importsOf("// import 'x';\n/* import 'y'; */\nimport 'z';")).toEqual([{ specifier: 'z', isType: false }]);
});
