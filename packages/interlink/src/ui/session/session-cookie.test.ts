import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { readSessionCookie, renderSessionCookie, transportOf } from './session-cookie.ts';

test.each([
  ['interlink-ui=abc', 'abc'],
  ['a=b; interlink-ui=abc; c=d', 'abc'],
  ['xinterlink-ui=abc', undefined],
  ['interlink-ui=', undefined],
  ['', undefined],
])('readSessionCookie() of %j is %j', (cookie, id) => {
  expect(readSessionCookie({ cookie })).toBe(id);
});

test('renderSessionCookie() leaves Secure out within this machine only', () => {
  expect(renderSessionCookie('id', false)).toBe(
    'interlink-ui=id; Path=/ui; Max-Age=3600; HttpOnly; SameSite=Strict; Secure',
  );
  expect(renderSessionCookie('id', true)).not.toContain('Secure');
  expect(renderSessionCookie('', false)).toContain('Max-Age=0');
});

const from = (remoteAddress: string | undefined) => ({ remoteAddress }) as Socket;

test.each([
  ['127.0.0.1', { host: 'localhost:3000' }, 'on-machine'],
  ['::ffff:127.0.0.1', { host: '127.0.0.1:3000' }, 'on-machine'],
  ['::1', { host: '[::1]:3000' }, 'on-machine'],
  ['127.0.0.1', { host: 'site.example' }, 'protected'],
  ['127.0.0.1', { host: 'localhost', 'x-forwarded-proto': 'https' }, 'protected'],
  ['192.0.2.7', { host: 'localhost' }, 'in-the-clear'],
  ['127.0.0.1.evil', { host: 'localhost' }, 'in-the-clear'],
  [undefined, { host: 'site.example' }, 'protected'],
  [undefined, { host: 'localhost:8080' }, 'on-machine'],
] as const)('transportOf() a plain connection from %s with %j is %s', (address, headers, transport) => {
  expect(transportOf(from(address), headers)).toBe(transport);
});

test('transportOf() TLS is protected, whatever the host', () => {
  const socket: Socket = Object.create(TLSSocket.prototype, { remoteAddress: { value: '192.0.2.7' } });
  expect(transportOf(socket, { host: 'localhost' })).toBe('protected');
});
