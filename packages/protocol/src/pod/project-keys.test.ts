import { expect, test } from 'vitest';
import { configMapContent, MissingKeyError, projectKeys, secretContent } from './project-keys.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const data = new Map([
  ['a', base64('1')],
  ['b', base64('2')],
]);

test('projectKeys() makes a file of each key without items', () => {
  expect(projectKeys(data, { defaultMode: 0o644 }).map(({ path, mode }) => [path, mode])).toEqual([
    ['a', 0o644],
    ['b', 0o644],
  ]);
});

test('projectKeys() takes the listed keys to their paths and modes', () => {
  const items = [{ key: 'b', path: 'deep/two', mode: 0o400 }];
  expect(projectKeys(data, { items, defaultMode: 0o644 })).toEqual([
    { path: 'deep/two', mode: 0o400, data: base64('2') },
  ]);
});

test('projectKeys() throws for a listed key that is missing, unless the source is optional', () => {
  const items = [{ key: 'c', path: 'c' }];
  expect(() => projectKeys(data, { items, defaultMode: 0o644 })).toThrow(MissingKeyError);
  expect(projectKeys(data, { items, optional: true, defaultMode: 0o644 })).toEqual([]);
});

test('configMapContent() and secretContent() hold text and bytes as base64', () => {
  expect(configMapContent({ data: { a: 'ä' }, binaryData: { b: '/w==' } })).toEqual(
    new Map([
      ['a', base64('ä')],
      ['b', '/w=='],
    ]),
  );
  expect(secretContent({ data: { a: base64('old') }, stringData: { a: 'new' } }).get('a')).toBe(base64('new'));
  expect(secretContent({ data: null }).size).toBe(0);
});
