import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimsOf, hasTest, referencesIn } from './document-claims.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Holds nothing but names of targets: test/fuzz/fuzz.test.ts runs each, and has the table list them all. */
const fuzzTable = /\n\| bytes of \| targets \|\n(?:\|.*\n)+/;
const claims = claimsOf(text.replace(fuzzTable, (table) => table.replaceAll(/[^\n]/g, '')));

test('docs/security.md has that table', () => {
  expect(text).toMatch(fuzzTable);
});

test.each(claims)('docs/security.md:$line has a test beside what it says', ({ text: claim }) => {
  expect(referencesIn(claim), claim).not.toEqual([]);
});

test.each(referencesIn(text))('docs/security.md: "$title" is a test of $file', ({ file, title }) => {
  expect(hasTest(readFileSync(join(root, file), 'utf8'), title)).toBe(true);
});

/** Keys and variables of the configuration that name a file with a secret in it, as the sources spell them. */
const secretKeys = new Set(
  globSync('packages/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .flatMap((source) => [
      ...source.matchAll(/^ +'?((?:\w+\.)?(?=[A-Z])\w*(?:Token|Key|Secret)File)'?: /gm),
      ...source.matchAll(/\btext\('(\w+(?:Token|Key|Secret)File)'\)/g),
      ...source.matchAll(/\benv\.([A-Z_]+_KEY_(?:FILEPATH|LOCATION))\b/g),
    ])
    .map(([, key = '']) => key),
);

test('the sources have keys that name secret files', () => {
  expect([...secretKeys]).toEqual(
    expect.arrayContaining(['Auth.TokenFile', 'ClientSecretFile', 'KubeletKeyFile', 'TELEMETRY_CLIENT_KEY_FILEPATH']),
  );
});

test.each([...secretKeys])('docs/security.md has %s among the secret files', (key) => {
  const [, section = ''] = text.split('\n## Every secret file\n');
  expect(section.split('\n## ')[0]).toMatch(new RegExp(`[\`$.]${key.replaceAll('.', '\\.')}`));
});
