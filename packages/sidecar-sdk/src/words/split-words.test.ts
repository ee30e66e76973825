import { expect, test } from 'vitest';
import { splitWords } from './split-words.ts';

test.each<[string, string[] | undefined]>([
  ['', []],
  ['  a\tb\n', ['a', 'b']],
  [`'a b' "c d"`, ['a b', 'c d']],
  [`a'b'"c"d`, ['abcd']],
  [`''`, ['']],
  ['a\\ b', ['a b']],
  [String.raw`"a\"b\$c\d"`, [String.raw`a"b$c\d`]],
  ['$(id) `id` *', ['$(id)', '`id`', '*']],
  ['"open', undefined],
  ['a\\', undefined],
])('splitWords(%j)', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});
