import { splitBlocks } from './markdown.ts';

/** What a document says holds: a row of a table, or an item of a list with the lines that belong to it. */
export interface Claim {
  /** The one that it begins on, from 1. */
  readonly line: number;
  readonly text: string;
}

/** A test that shows it: its file, and its title there. */
export interface TestReference {
  readonly file: string;
  readonly title: string;
}

/** The rows and items below the second headings of a document; what is before the first of them says what is where. */
export function claimsOf(document: string): Claim[] {
  const lines = splitBlocks(document).prose.split('\n');
  const first = lines.findIndex((line) => line.startsWith('## '));
  const claims: Claim[] = [];
  for (const [index, text] of lines.entries()) {
    if (first === -1 || index < first) continue;
    if (isRow(lines, index)) claims.push({ line: index + 1, text });
    else if (/^(-|\d+\.) /.test(text)) claims.push({ line: index + 1, text: itemAt(lines, index) });
  }
  return claims;
}

/** Of `packages/x/src/y.test.ts`: "title", "title"; as many of these as there are. */
export function referencesIn(text: string): TestReference[] {
  const references = text.matchAll(/`((?:packages|scripts|test)\/[^`]+\.test\.ts)`:\s+("[^"]+"(?:,\s+"[^"]+")*)/g);
  return [...references].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title: title.replaceAll(/\s+/g, ' ') })),
  );
}

/** Whether a test of that title is written in this source. */
export function hasTest(source: string, title: string): boolean {
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
}

function isRow(lines: ReadonlyArray<string>, index: number): boolean {
  const isRule = (line = '') => /^\|[ :|-]+\|$/.test(line);
  return lines[index]?.startsWith('|') === true && !isRule(lines[index]) && !isRule(lines[index + 1]);
}

function itemAt(lines: ReadonlyArray<string>, index: number): string {
  const end = lines.findIndex((line, at) => at > index && !/^ +\S/.test(line));
  return lines.slice(index, end === -1 ? undefined : end).join('\n');
}
