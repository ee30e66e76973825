import { expect, test } from 'vitest';
import { anchorsOf, linksOf, splitBlocks } from './markdown.ts';

const text = `# Pods, \`kubectl\` & more

See [there](other.md#one "title") and \`[no](link)\`.

\`\`\`bash
# no heading [no](link)
\`\`\`

## [Linked](x.md) heading
## Twice
## Twice
`;

test('splitBlocks() takes blocks out, and keeps lines where they are', () => {
  const { blocks, prose } = splitBlocks(text);
  expect(blocks).toEqual([{ language: 'bash', code: '# no heading [no](link)\n', line: 5 }]);
  expect(prose.split('\n')).toHaveLength(text.split('\n').length);
});

test('anchorsOf() names headings as GitHub does', () => {
  expect([...anchorsOf(splitBlocks(text).prose)]).toEqual(['pods-kubectl--more', 'linked-heading', 'twice', 'twice-1']);
});

test('linksOf() finds links, and none in code', () => {
  expect(linksOf(splitBlocks(text).prose)).toEqual(['other.md#one', 'x.md']);
});

test('linksOf() finds pictures and references', () => {
  expect(linksOf('![a](a.svg)\n<img src="b.png">\n\n[c]: c.md\n')).toEqual(['a.svg', 'b.png', 'c.md']);
});
