import { expect, test } from 'vitest';
import { claimsOf, hasTest, referencesIn } from './document-claims.ts';

const document = `# Page

- [what](#what)

## What

| what | test |
|---|---|
| a | one |
| b | two |

\`\`\`bash
- no item
\`\`\`

1. first
   and more

   apart
- second
What comes after.
`;

test('claimsOf() has each row and each item, whole, without those before the first section and those in blocks', () => {
  expect(claimsOf(document)).toEqual([
    { line: 9, text: '| a | one |' },
    { line: 10, text: '| b | two |' },
    { line: 16, text: '1. first\n   and more' },
    { line: 20, text: '- second' },
  ]);
});

test('claimsOf() of a page without sections has none', () => {
  expect(claimsOf('- a\n\n| b |\n')).toEqual([]);
});

test('referencesIn() reads files and titles, over the ends of lines', () => {
  const text =
    'So (`packages/a/src/b.test.ts`: "one",\n  "two\n  three"; `test/c.test.ts`: "%s"), not `test/d.test.ts`.';
  expect(referencesIn(text)).toEqual([
    { file: 'packages/a/src/b.test.ts', title: 'one' },
    { file: 'packages/a/src/b.test.ts', title: 'two three' },
    { file: 'test/c.test.ts', title: '%s' },
  ]);
});

test('hasTest() wants the whole title', () => {
  expect(['lets in', 'lets in nobody', 'lets'].map((title) => hasTest("test('lets in nobody', f)", title))).toEqual([
    ...[false, true, false],
  ]);
});
