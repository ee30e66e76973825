import { expect, test } from 'vitest';
import { PodCredentials } from './pod-credentials.ts';

const one = [{ registry: 'reg.example.org', username: 'alice', password: 'one' }];
const two = [{ registry: 'reg.example.org', username: 'alice', password: 'two' }];

test('PodCredentials keeps what came with the last order that succeeded', async () => {
  const credentials = new PodCredentials();
  const order = async () => credentials.of('pod');
  expect(await credentials.takeFor('pod', one, order)).toEqual(one);
  expect(await credentials.takeFor('pod', two, order)).toEqual(two);
  const refused = credentials.takeFor('pod', one, async () => {
    expect(credentials.of('pod')).toEqual(one);
    throw new Error('no such pod');
  });
  await expect(refused).rejects.toThrow('no such pod');
  expect(credentials.of('pod')).toEqual(two);
  await credentials.takeFor('pod', undefined, order);
  expect(credentials.of('pod')).toEqual([]);
});

test('PodCredentials forgets a pod', () => {
  const credentials = new PodCredentials();
  credentials.set('pod', one);
  credentials.forget('pod');
  expect(credentials.of('pod')).toEqual([]);
});
