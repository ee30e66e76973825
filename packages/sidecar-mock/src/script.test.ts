import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mockAnnotations, parseScript } from './script.ts';

const annotated = (entries: Record<string, string>) =>
  parseScript(Object.fromEntries(Object.entries(entries).map(([name, value]) => [`mock.interlink.eu/${name}`, value])));

test('parseScript() gives every pod without annotations the same script', () => {
  expect(parseScript(undefined)).toBe(parseScript({ 'example.org/team': 'a' }));
});

test('parseScript() reads seconds with decimals as milliseconds', () => {
  expect(annotated({ 'run-seconds': '0.25' }).runMs).toBe(250);
});

test('parseScript() fails every create for create-error, and only the first ones with create-failures', () => {
  expect(annotated({ 'create-error': 'internal' })).toMatchObject({
    createError: 'internal',
    createFailures: Infinity,
  });
  expect(annotated({ 'create-failures': '2', 'create-error': 'internal' })).toMatchObject({ createFailures: 2 });
  expect(annotated({ 'create-failures': '2' })).toMatchObject({ createError: 'unavailable', createFailures: 2 });
});

test.each([
  ['run-seconds', '-1'],
  ['run-seconds', '1e3'],
  ['run-seconds', '2147484'],
  ['start-delay', ''],
  ['exit-code', 'one'],
  ['create-error', 'nope'],
])('parseScript() refuses %s %j and says what is wanted', (name, value) => {
  expect(() => annotated({ [name]: value })).toThrow(
    `Annotation mock.interlink.eu/${name} is ${JSON.stringify(value)}`,
  );
});

test('parseScript() refuses a name of ours that it does not know', () => {
  expect(() => annotated({ 'run-second': '1' })).toThrow('knows no annotation mock.interlink.eu/run-second');
});

test('README.md lists exactly the annotations that the mock knows', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const listed = Array.from(readme.matchAll(/^\| `(mock\.interlink\.eu\/[a-z-]+)`/gm), (match) => match[1]);
  expect(listed).toEqual(mockAnnotations);
});
