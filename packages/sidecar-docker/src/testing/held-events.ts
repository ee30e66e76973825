import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';

export interface HeldEvents {
  /** As `DOCKER_HOST` has it. */
  readonly host: string;
  /** What the engine tells from now on waits. */
  hold(): void;
  release(): void;
}

/**
 * Stands before an engine until the test is over, passes on what it is asked, and can keep its events back. Streams that are raw both ways,
 * as of commands in containers, don't pass. @param socketPath the engine's
 */
export async function holdEventsOf(socketPath: string): Promise<HeldEvents> {
  const streams = new Set<PassThrough>();
  const server = createServer((asked, answer) => {
    const { url: path = '', method, headers } = asked;
    const passed = sendRequest({ socketPath, path, method, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 0, response.headers);
      answer.flushHeaders();
      if (!path.startsWith('/events')) return void response.pipe(answer);
      const stream = new PassThrough();
      streams.add(stream);
      response.pipe(stream).pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => streams.forEach((stream) => void stream.cork()),
    release: () => streams.forEach((stream) => void stream.uncork()),
  };
}
