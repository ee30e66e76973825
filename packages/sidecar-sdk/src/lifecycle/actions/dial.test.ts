import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { localTarget } from '../testing/action-target.ts';
import { dial, joinHostPort } from './dial.ts';

const never = new AbortController().signal;
const refusing = (error: Error) => localTarget(1, { connect: async () => await Promise.reject(error) });
const withCode = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('dial()', () => {
  test.each([
    ['ECONNREFUSED', 'dial tcp 127.0.0.1:80: connect: connection refused'],
    ['EHOSTUNREACH', 'dial tcp 127.0.0.1:80: connect: no route to host'],
    ['ENOTFOUND', 'dial tcp: lookup 127.0.0.1: no such host'],
    ['EOTHER', 'dial tcp 127.0.0.1:80: connect EOTHER'],
  ])('says what Go’s says of %s', async (code, message) => {
    const address = { host: undefined, port: 80 };
    await expect(dial(refusing(withCode(code)), address, never)).rejects.toThrow(message);
    const wrapped = new Error('Cannot reach port 80', { cause: withCode(code) });
    if (code !== 'EOTHER') await expect(dial(refusing(wrapped), address, never)).rejects.toThrow(message);
  });

  test('names the host that was wanted', async () => {
    const dialled = dial(refusing(withCode('ECONNREFUSED')), { host: 'fd00::1', port: 80 }, never);
    await expect(dialled).rejects.toThrow('dial tcp [fd00::1]:80: connect: connection refused');
  });

  test('closes a connection that comes too late', async () => {
    const late = Promise.withResolvers<PassThrough>();
    const leaving = new AbortController();
    const dialled = dial(localTarget(1, { connect: () => late.promise }), { host: undefined, port: 1 }, leaving.signal);
    leaving.abort(new Error('enough'));
    await expect(dialled).rejects.toThrow('enough');
    const socket = new PassThrough();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    late.resolve(socket);
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

test('joinHostPort() puts IPv6 addresses in brackets', () => {
  expect([joinHostPort('10.0.0.1', 80), joinHostPort('::1', 80)]).toEqual(['10.0.0.1:80', '[::1]:80']);
});
