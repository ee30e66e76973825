import { expect, test } from 'vitest';
import { noLimits } from './limits.ts';
import { RequestLimits } from './request-limits.ts';

const exhausted = (retryAfterSeconds: number) => ({ code: 'resource_exhausted', retryAfterSeconds });

function refusal(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('admitRequest() refuses who asks too often, for as long as it takes, and nobody else', () => {
  let now = 0;
  const limits = new RequestLimits({ ...noLimits, requestsPerSecond: 2 }, () => now);
  for (let request = 0; request < 4; request += 1) limits.admitRequest('token:a');
  expect(refusal(() => limits.admitRequest('token:a'))).toMatchObject(exhausted(1));
  expect(refusal(() => limits.admitRequest('token:b'))).toBeUndefined();
  now = 500;
  expect(refusal(() => limits.admitRequest('token:a'))).toBeUndefined();
});

test('admitRequest() keeps apart ten thousand identities, forgets those that rest, and has one bucket for all beyond', () => {
  let now = 0;
  const limits = new RequestLimits({ ...noLimits, requestsPerSecond: 1 }, () => now);
  const names = Array.from({ length: 10_000 }, (_, index) => `oidc:${index}`);
  for (const name of names) limits.admitRequest(name);
  limits.admitRequest('oidc:late');
  limits.admitRequest('oidc:later');
  expect(refusal(() => limits.admitRequest('oidc:latest'))).toMatchObject(exhausted(1));
  now = 60_000;
  expect(refusal(() => limits.admitRequest('oidc:new'))).toBeUndefined();
  expect(refusal(() => limits.admitRequest('oidc:newer'))).toBeUndefined();
});

test('openStream() counts what is open, of each identity and in all', () => {
  const limits = new RequestLimits({ ...noLimits, streamsPerIdentity: 2, streams: 3 });
  const close = limits.openStream('token:a');
  limits.openStream('token:a');
  expect(refusal(() => limits.openStream('token:a'))).toMatchObject(exhausted(5));
  limits.openStream('token:b');
  expect(refusal(() => limits.openStream('token:b'))).toMatchObject({ message: expect.stringContaining('in all') });
  close();
  expect(refusal(() => limits.openStream('token:a'))).toBeUndefined();
});

test('without limits nothing is refused', () => {
  const limits = new RequestLimits(noLimits);
  for (let request = 0; request < 1_000; request += 1) {
    limits.admitRequest('account');
    limits.openStream('account');
  }
});
