import { expect, test } from 'vitest';
import { RequestNews } from './request-news.ts';

const refused = new Error('certificate of somebody else');

function given() {
  let now = 5_000;
  const news = new RequestNews(() => now);
  const at = (ms: number, trouble: Error | undefined) => {
    now = 5_000 + ms;
    news.take(trouble);
    return news.trouble;
  };
  return { news, at };
}

test('RequestNews says why requests fail once they have failed for a while, until one gets through', () => {
  const { news, at } = given();
  expect(news.trouble).toBeUndefined();
  expect([at(0, refused), at(9_999, refused)]).toEqual([undefined, undefined]);
  expect(at(10_000, refused)).toBe('certificate of somebody else');
  expect(at(11_000, new Error('another'))).toBe('another');
  expect(at(12_000, undefined)).toBeUndefined();
  expect([at(13_000, refused), at(23_000, refused)]).toEqual([undefined, refused.message]);
});

test('RequestNews keeps quiet of failures between which a request got through', () => {
  const { at } = given();
  expect([at(0, refused), at(9_000, undefined), at(11_000, refused), at(20_000, refused)]).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
});

test('RequestNews makes nothing of two failures that are far apart', () => {
  const { at } = given();
  expect([at(0, refused), at(3_600_000, refused), at(3_605_000, refused)]).toEqual([undefined, undefined, undefined]);
  expect(at(3_610_000, refused)).toBe(refused.message);
});

test('RequestNews takes a peer’s words as one short line', () => {
  const { at } = given();
  at(0, refused);
  const words = at(10_000, new Error(`no\u0007way\nthrough ${'x'.repeat(100_000)}`)) ?? '';
  expect(words).not.toMatch(/\p{Cc}/u);
  expect(Buffer.byteLength(words)).toBeLessThan(2_048);
});
