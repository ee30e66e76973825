import { expect, test } from 'vitest';
import { Bell } from './bell.ts';

test('Bell is heard once however often it rang, and no more after the signal', async () => {
  const bell = new Bell();
  const stop = new AbortController();
  const heard: string[] = [];
  bell.ring();
  bell.ring();
  await bell.heard(stop.signal);
  const next = bell.heard(stop.signal).then(() => heard.push('again'));
  await Promise.resolve();
  expect(heard).toEqual([]);
  bell.ring();
  await next;
  expect(heard).toEqual(['again']);
  stop.abort();
  await bell.heard(stop.signal);
});
