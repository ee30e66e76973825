import { expect, test } from 'vitest';
import { PodCredentials } from './pod-credentials.ts';

const one = [{ registry: 'reg.example.org', username: 'alice', password: 'one' }];
const two = [{ registry: 'reg.example.org', username: 'alice', password: 'two' }];

test('PodCredentials keeps what came with the last order that succeeded, and says whether it is new', async () => {
  const credentials = new PodCredentials();
  const changes: boolean[] = [];
  const order = async (isChange: boolean) => void changes.push(isChange);
  await credentials.takeFor('pod', one, order);
  await credentials.takeFor('pod', structuredClone(one), order);
  await credentials.takeFor('pod', two, order);
  expect(changes).toEqual([true, false, true]);
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
