import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { certificateAuthentication, toIdentity } from './certificate-authentication.ts';
import { firstOf } from './first-of.ts';

const credentials = { headers: {}, socket: new Socket() };

test('certificateAuthentication knows nobody on a connection without TLS', async () => {
  expect(await certificateAuthentication(credentials)).toBeUndefined();
});

test('toIdentity() is the last common name, in all organizations', () => {
  const subject = { CN: ['one', 'two'], O: ['a', 'b'] } as unknown as Parameters<typeof toIdentity>[0];
  expect(toIdentity(subject, 2, 1)).toEqual({ name: 'certificate:two', groups: ['a', 'b'] });
});

test('toIdentity() refuses a certificate that names nobody, or whose time has ended since', () => {
  const subject = { CN: 'vk' } as Parameters<typeof toIdentity>[0];
  expect(toIdentity(subject, 1_000, 1_000)).toEqual({ name: 'certificate:vk', groups: [] });
  expect(() => toIdentity(subject, 1_000, 1_001)).toThrow('The client certificate is refused: CERT_HAS_EXPIRED');
  expect(() => toIdentity(undefined, 1_000, 1_000)).toThrow('The client certificate is refused: it has no common name');
});

test('firstOf() lets in by the first way that knows the caller, and refuses what one of them refuses', async () => {
  const unknown = async () => undefined;
  const known = async () => ({ name: 'token:a', groups: [] });
  const refuses = async () => Promise.reject(new Error('no good'));
  expect(await firstOf(unknown, known, refuses)(credentials)).toEqual({ name: 'token:a', groups: [] });
  await expect(firstOf(unknown, refuses, known)(credentials)).rejects.toThrow('no good');
  await expect(firstOf(unknown)(credentials)).rejects.toMatchObject({ code: 'unauthenticated' });
});
