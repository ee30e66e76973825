import { createServer, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { localTarget } from '../../testing/action-target.ts';
import { closedPort, listenLocally } from '../../testing/local-server.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { runProbe } from './run-probe.ts';

const closing: Array<() => Promise<unknown>> = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const probe = async (port: number, service?: string, clock = new ManualClock()) =>
  await runProbe({ grpc: { port, ...(service === undefined ? {} : { service }) } }, localTarget(port), never, clock);

type Answer = (stream: ServerHttp2Stream, path: string, body: Buffer) => void;

async function serve(answer: Answer): Promise<number> {
  const server = createServer();
  server.on('stream', async (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, headers[':path'] ?? '', await buffer(stream));
  });
  return await listenLocally(server, closing);
}

/** A message and trailers, as a server of gRPC answers. */
function reply(stream: ServerHttp2Stream, message: number[], trailers: Record<string, string>): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
}

describe('runProbe() over gRPC', () => {
  test('asks the whole server, or a service by name', async () => {
    const asked: Array<[string, string]> = [];
    const port = await serve((stream, path, body) => {
      asked.push([path, body.subarray(7).toString()]);
      reply(stream, [0x08, 1], { 'grpc-status': '0' });
    });
    expect(await probe(port)).toEqual({ result: 'success', output: 'service healthy' });
    expect((await probe(port, 'readiness')).result).toBe('success');
    const path = '/grpc.health.v1.Health/Check';
    expect(asked).toEqual([
      [path, ''],
      [path, 'readiness'],
    ]);
  });

  test.each<[string, (stream: ServerHttp2Stream) => void, string]>([
    [
      'is not serving',
      (stream) => reply(stream, [0x08, 2], { 'grpc-status': '0' }),
      'service unhealthy (responded with "NOT_SERVING")',
    ],
    [
      'does not know the service',
      (stream) => stream.respond({ 'grpc-status': '5', 'grpc-message': 'unknown%20service' }, { endStream: true }),
      'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service',
    ],
    [
      'lacks the protocol',
      (stream) => stream.respond({ 'grpc-status': '12', 'grpc-message': 'nope' }, { endStream: true }),
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): nope',
    ],
    [
      'speaks HTTP only',
      (stream) => stream.respond({ ':status': 503 }, { endStream: true }),
      'error: health rpc probe failed: rpc error: code = Unavailable desc = unexpected HTTP status code received from server: 503',
    ],
    [
      'breaks off',
      (stream) => stream.session?.destroy(),
      'error: health rpc probe failed: rpc error: code = Unavailable desc = error reading from server: EOF',
    ],
    [
      'talks too much',
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.write(Buffer.alloc(100_000));
      },
      'error: health rpc probe failed: rpc error: code = Unavailable desc = the answer is too long',
    ],
  ])('fails when a server %s', async (_, answer, output) => {
    expect(await probe(await serve(answer))).toEqual({ result: 'failure', output });
  });

  test('says who refused', async () => {
    const port = await closedPort();
    const where = `127.0.0.1:${port}`;
    expect(await probe(port)).toEqual({
      result: 'failure',
      output: `error: failed to connect service at "${where}": dial tcp ${where}: connect: connection refused`,
    });
  });

  test('says whether the connection or the answer took too long', async () => {
    const clock = new ManualClock();
    const answering = await serve(() => void clock.advance(1_000));
    expect((await probe(answering, '', clock)).output).toBe('timeout: health rpc did not complete within 1s');
    const server = createTcpServer((socket) =>
      socket.on('error', () => undefined).once('data', () => clock.advance(1_000)),
    );
    const silent = await listenLocally(server, closing);
    expect((await probe(silent, '', clock)).output).toBe(
      `timeout: failed to connect service "127.0.0.1:${silent}" within 1s: context deadline exceeded`,
    );
  });

  test('fails when a server speaks no HTTP/2', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    const port = await listenLocally(server, closing);
    const outcome = await probe(port);
    expect(outcome.result).toBe('failure');
    expect(outcome.output).toContain(`error: failed to connect service at "127.0.0.1:${port}": `);
  });
});
