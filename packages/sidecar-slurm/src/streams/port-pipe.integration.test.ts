import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { perlPipe, portPipe } from './port-pipe.ts';

/** A server that says all that it was told, backwards, when the other side has said its last. */
async function startServer(host: string) {
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    const said: string[] = [];
    connection.setEncoding('latin1').on('data', (chunk: string) => void said.push(chunk));
    connection.once('end', () => connection.end([...said.join('')].reverse().join('')));
  }).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

async function run(port: number, input: string) {
  const child = spawn('bash', ['-c', portPipe, 'bash', `${port}`, perlPipe]);
  child.stdin.end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { stdout, stderr, exitCode };
}

test.each(['127.0.0.1', '::1'])('portPipe reaches a port of %s, and half-closes', async (host) => {
  using server = await startServer(host);
  const long = 'abc'.repeat(100_000);
  const { stdout, ...rest } = await run(server.port, long);
  expect(rest).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout === 'cba'.repeat(100_000)).toBe(true);
});

test('portPipe says why a port can’t be reached', async () => {
  const { port, [Symbol.dispose]: close } = await startServer('127.0.0.1');
  close();
  const { stderr, exitCode } = await run(port, '');
  expect(stderr).toBe(`dial tcp localhost:${port}: Connection refused\n`);
  expect(exitCode).toBe(4);
});
