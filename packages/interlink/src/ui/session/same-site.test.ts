import { expect, test } from 'vitest';
import { isFromOurPage } from './same-site.ts';

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://site.example', host: 'site.example' }, false],
  [{ origin: 'https://site.example', host: 'site.example' }, true],
  [{ origin: 'https://evil.example', host: 'site.example' }, false],
  [{ origin: 'null', host: 'site.example' }, false],
  [{ host: 'site.example' }, true],
])('isFromOurPage() of %j is %s', (headers, isOurs) => {
  expect(isFromOurPage(headers)).toBe(isOurs);
});
