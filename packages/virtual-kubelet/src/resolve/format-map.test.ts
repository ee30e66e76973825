import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMap, quoteLikeGo } from './format-map.ts';

describe('formatMap()', () => {
  it('writes one line per key, sorted, without a last line end', () => {
    expect(formatMap({ b: 'two', a: '1', 'x.y/z': '' })).toBe('a="1"\nb="two"\nx.y/z=""');
    expect(formatMap({})).toBe('');
  });

  it('keeps each value on its line', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(formatMap({ a: value }).split('\n')).toHaveLength(1);
      }),
    );
  });
});

describe('quoteLikeGo()', () => {
  it.each([
    ['plain', '"plain"'],
    ['say "hi"\\', '"say \\"hi\\"\\\\"'],
    ['\n\t\r\f\b\v\x07', '"\\n\\t\\r\\f\\b\\v\\a"'],
    ['\0\x1b\x7f', '"\\x00\\x1b\\x7f"'],
    ['héllo 世界 😀', '"héllo 世界 😀"'],
    ['\u00a0\u200b\ufeff', '"\\u00a0\\u200b\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
  ])('quotes %j', (text, quoted) => expect(quoteLikeGo(text)).toBe(quoted));
});
