import { createServer } from 'node:net';
import type { TcpSocketAction } from '@interlink/protocol';
import { afterEach, expect, test } from 'vitest';
import type { ActionTarget } from '../../actions/action-target.ts';
import { localTarget } from '../../testing/action-target.ts';
import { closedPort, listenLocally } from '../../testing/local-server.ts';
import { ManualClock, settle } from '../../testing/manual-clock.ts';
import { runProbe } from './run-probe.ts';

const closing: Array<() => Promise<unknown>> = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const probe = async (tcpSocket: TcpSocketAction, target: ActionTarget, clock = new ManualClock()) =>
  await runProbe({ tcpSocket }, target, never, clock);

test('runProbe() succeeds when a port takes a connection, and closes it', async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => socket.once('close', () => closed.resolve()));
  const port = await listenLocally(server, closing);
  expect(await probe({ port: 'web' }, localTarget(port))).toEqual({ result: 'success', output: '' });
  await closed.promise;
});

test('runProbe() says that a port refuses', async () => {
  const port = await closedPort();
  const output = `dial tcp 127.0.0.1:${port}: connect: connection refused`;
  expect(await probe({ port }, localTarget(port))).toEqual({ result: 'failure', output });
});

test('runProbe() goes to the host that its author names', async () => {
  const port = await closedPort();
  const asked: unknown[] = [];
  const target = localTarget(port, {
    connect: async (address) => {
      asked.push(address);
      throw new Error('not from here');
    },
  });
  const outcome = await probe({ port, host: 'db.example' }, target);
  expect(outcome).toEqual({ result: 'failure', output: `dial tcp db.example:${port}: not from here` });
  expect(asked).toEqual([{ host: 'db.example', port }]);
});

test('runProbe() does not wait for a connection longer than it may', async () => {
  const clock = new ManualClock();
  const target = localTarget(80, { connect: async () => await new Promise<never>(() => undefined) });
  const running = probe({ port: 80 }, target, clock);
  await settle();
  await clock.advance(1_000);
  expect(await running).toEqual({ result: 'failure', output: 'dial tcp 127.0.0.1:80: i/o timeout' });
});
