import { once } from 'node:events';
import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** What https://github.com/grpc/grpc/blob/master/doc/health-checking.md has as `ServingStatus`. */
const statuses = { serving: 1, notServing: 2 } as const;

/** A server of gRPC's health protocol, of the test's own process: no image here brings one along. */
export interface GrpcHealthServer extends AsyncDisposable {
  readonly port: number;
  say(status: keyof typeof statuses): void;
}

/** @param host an address that containers of the testbed reach */
export async function startGrpcHealthServer(host: string): Promise<GrpcHealthServer> {
  let status: keyof typeof statuses = 'serving';
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // A prober that has its answer hangs up.
    session.on('error', () => undefined);
  });
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    // No compression, a message of two bytes: field 1, a number.
    stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, statuses[status]]));
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    say: (next) => {
      status = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const session of sessions) session.destroy();
      await once(server, 'close');
    },
  };
}
