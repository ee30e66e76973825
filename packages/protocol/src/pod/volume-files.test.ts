import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parserOf } from '../validate.ts';
import { ResolvedVolume } from './volume-files.ts';

const parse = parserOf(ResolvedVolume, 'volume');
const volumeWith = (path: string) => ({ name: 'v', files: [{ path, mode: 0o644, data: '' }] });
const isTaken = (path: string) => {
  try {
    parse(volumeWith(path));
    return true;
  } catch {
    return false;
  }
};

test.each(['a', 'a/b.c', '..data', 'a/..b', 'a..', '.hidden', 'ca.crt', 'über', 'a b', 'a\nb'])(
  'a volume takes %j',
  (path) => {
    expect(isTaken(path)).toBe(true);
  },
);

test.each([
  ...['', '/', '/a', '..', '.', 'a/..', 'a/../b', '../a', './a', 'a/.', 'a//b', 'a/', 'a\0b', 'a/\n/../../b', '\n/..'],
  'x'.repeat(4_097),
])('a volume refuses %j', (path) => {
  expect(isTaken(path)).toBe(false);
});

test('no path that a volume takes leads out of it', () => {
  const part = fc.constantFrom('..', '.', 'a', '', '\n', 'b c', '...', '..a', '\r', '\u2028');
  const path = fc.oneof(
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(path, (candidate) => {
      if (!isTaken(candidate)) return;
      expect(posix.resolve('/volume', candidate).startsWith('/volume/')).toBe(true);
      expect(posix.normalize(candidate)).toBe(candidate);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['a mode over 0777', { mode: 0o4755 }],
  ['a negative mode', { mode: -1 }],
  ['what is no base64', { data: 'a$' }],
])('a volume refuses %s', (_, change) => {
  const [file] = volumeWith('a').files;
  expect(() => parse({ name: 'v', files: [{ ...file, ...change }] })).toThrow('Invalid volume');
});
