import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { joinConnections } from './join-connections.ts';

test('joinConnections() passes bytes and each end on by itself', async () => {
  const [caller, one] = duplexPair();
  const [other, server] = duplexPair();
  const joined = joinConnections(one, other);
  caller.end('question');
  const asked: string[] = [];
  server.on('data', (chunk: Buffer) => asked.push(String(chunk)));
  await new Promise((resolve) => server.once('end', resolve));
  expect(asked).toEqual(['question']);
  server.end('answer');
  expect(await text(caller)).toBe('answer');
  await joined;
});

test('joinConnections() breaks one when the other breaks, with its reason', async () => {
  const [one] = duplexPair();
  const [other] = duplexPair();
  const joined = joinConnections(one, other);
  one.destroy(new Error('reset'));
  await joined;
  expect([other.destroyed, other.errored?.message]).toEqual([true, 'reset']);
});

test('joinConnections() ends both when one is closed already', async () => {
  const [one] = duplexPair();
  const [other] = duplexPair();
  one.destroy();
  await joinConnections(one, other);
  expect(other.destroyed).toBe(true);
});
