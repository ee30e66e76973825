import { type Duplex, duplexPair, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { InterLinkError } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { forwardPort, type OpenPort } from './forward-port.ts';

/** A caller's connection to port 80, to what `open` gives. */
function forward(open: OpenPort) {
  const [caller, data] = duplexPair();
  const error = new PassThrough();
  const done = forwardPort({ port: 80, data, error }, open, 'pod p, uid u');
  return { caller, told: text(error), done };
}

const refused = new InterLinkError('unavailable', 'connection refused');
const reason = 'error forwarding port 80 to pod p, uid u: connection refused';

async function opened() {
  const [connection, pod] = duplexPair();
  return { ...forward(async () => connection), connection: connection as Duplex, pod };
}

test('forwardPort() says why a port can’t be opened', async () => {
  const { caller, told, done } = forward(async () => await Promise.reject(refused));
  expect(await told).toBe(reason);
  expect(await text(caller)).toBe('');
  await done;
});

test('forwardPort() says it, too, when that is only found out afterwards', async () => {
  const { caller, connection, told, done } = await opened();
  caller.on('error', () => undefined).write('GET / HTTP/1.1');
  connection.destroy(refused);
  expect(await told).toBe(reason);
  await done;
});

test('forwardPort() says nothing of a connection that breaks after the pod has said something', async () => {
  const { caller, connection, pod, told, done } = await opened();
  const first = new Promise((resolve) => caller.on('error', () => undefined).once('data', resolve));
  pod.write('hello');
  expect(String(await first)).toBe('hello');
  connection.destroy(refused);
  expect(await told).toBe('');
  await done;
});

test('forwardPort() says nothing of a pod that closes without a word', async () => {
  const { caller, pod, told } = await opened();
  pod.end();
  expect([await told, await text(caller)]).toEqual(['', '']);
});
