import { describe, expect, it } from 'vitest';
import { cleanVolumePath, mergeByPath } from './volume-path.ts';

describe('cleanVolumePath()', () => {
  it.each([
    ['a', 'a'],
    ['a/b.txt', 'a/b.txt'],
    ['./a//b/', 'a/b'],
    ['a/..b', 'a/..b'],
  ])('turns %j into %j', (path, clean) => expect(cleanVolumePath(path)).toBe(clean));

  it.each(['', '.', './', '/a', '..', '../a', 'a/../b', '..data', `${'x'.repeat(256)}`, 'a/'.repeat(2049), 'a\0'])(
    'refuses %j',
    (path) => expect(() => cleanVolumePath(path)).toThrow(/path|file name/),
  );
});

describe('mergeByPath()', () => {
  it('keeps the later of two files with one path', () => {
    const files = [
      { path: 'a', data: '1' },
      { path: 'b', data: '2' },
      { path: './a', data: '3' },
    ];
    expect(mergeByPath(files)).toEqual([
      { path: 'a', data: '3' },
      { path: 'b', data: '2' },
    ]);
  });

  it.each([[['a', 'a/b']], [['x/y/z', 'x']], [['x/y/z', 'x/y']]])('refuses %j', (paths) => {
    expect(() => mergeByPath(paths.map((path) => ({ path })))).toThrow('conflicting paths');
  });

  it('allows siblings whose names start alike', () => {
    expect(mergeByPath([{ path: 'a' }, { path: 'a.b/c' }, { path: 'ab' }])).toHaveLength(3);
  });
});
