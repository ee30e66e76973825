import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Answer = readonly [status: number, body: object];

/** What an engine answers to `GET /info` and the like, or how it comes to it. */
export type Answers = Readonly<Record<string, Answer | (() => Answer)>>;

/** What it was asked, in order. */
export interface Asked {
  readonly call: string;
  /** After the question mark. */
  readonly query: string;
  readonly body: unknown;
}

/** An engine that answers so, and 404 to all else, until the test is over. @returns its `DOCKER_HOST`, and what it was asked */
export async function listenAsEngine(answers: Answers): Promise<{ host: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const call = `${request.method} ${path}`;
    asked.push({ call, query, body: text === '' ? undefined : JSON.parse(text) });
    const answer = answers[call] ?? [404, { message: `nothing at ${call}` }];
    const [status, body] = typeof answer === 'function' ? answer() : answer;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A usual engine that has the sandbox's image and finds what it is to mount. */
export const usualEngine: Answers = {
  'GET /info': [
    200,
    { Name: 'h', NCPU: 2, MemTotal: 2 ** 30, Runtimes: { runc: {} }, SecurityOptions: ['name=seccomp'] },
  ],
  'GET /version': [200, { Version: '26.1.0', ApiVersion: '1.45', Arch: 'amd64', Components: [{ Name: 'Engine' }] }],
  'GET /images/interlink/sandbox:1/json': [200, { Id: 'sha256:sandbox' }],
  'POST /containers/create': [201, { Id: 'made' }],
  'DELETE /containers/made': [204, {}],
};
