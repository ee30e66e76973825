import { once } from 'node:events';
import { connect } from 'node:tls';
import { beforeEach, expect, test } from 'vitest';
import { createAuthorize } from './authorize.ts';
import type { Reviews } from './reviews.ts';
import { LocalProvider } from './testing/local-provider.ts';
import { keepLogLines } from './testing/log-lines.ts';
import { startTestKubelet, type TestKubelet } from './testing/start-kubelet.ts';

/** A token is a user's name followed by what it may do with `nodes/proxy`: `reader:get`. */
const reviews: Reviews = {
  whoIs: async (token) => (token.includes(':') ? { user: token, groups: [] } : undefined),
  isAllowed: async ({ user }, { verb, subresource }) =>
    subresource === 'proxy' && user.split(':')[1]?.split(',').includes(verb) === true,
};

const endpoints = [
  ['GET', '/healthz'],
  ['GET', '/pods'],
  ['GET', '/runningpods/'],
  ['GET', '/containerLogs/ns/p/c'],
  ['GET', '/stats/summary'],
  ['GET', '/metrics'],
  ['GET', '/metrics/resource'],
  ['GET', '/metrics/cadvisor'],
  ['GET', '/metrics/probes'],
  ['GET', '/configz'],
  ['GET', '/logs/'],
  ['GET', '/debug/pprof/'],
  ['POST', '/checkpoint/ns/p/c'],
  ['POST', '/run/ns/p/c?cmd=id'],
  ['POST', '/run/ns/p/u/c?cmd=id'],
  ['GET', '/nothing'],
] as const;

const streams = ['/exec/ns/p/c?command=id&output=1', '/attach/ns/p/c?output=1', '/portForward/ns/p?port=80'];
const upgrades = streams.flatMap((path) => [
  ['GET', path, 'websocket'] as const,
  ['POST', path, 'SPDY/3.1'] as const,
  ['GET', path, 'SPDY/3.1'] as const,
]);

let kubelet: TestKubelet;
let provider: LocalProvider;
beforeEach(async () => {
  provider = new LocalProvider();
  const { logger } = keepLogLines();
  const authorize = createAuthorize({ reviews, nodeName: 'n', logger });
  kubelet = await startTestKubelet({ streams: provider, authorize });
});

/** The first line of the answer to one request, upgrades and all. */
async function ask(method: string, path: string, token?: string, upgrade?: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: kubelet.server.port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  const headers = [
    'host: n',
    'content-length: 0',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(upgrade === undefined ? ['connection: close'] : ['connection: Upgrade', `upgrade: ${upgrade}`]),
    ...(upgrade === 'websocket'
      ? ['sec-websocket-version: 13', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==']
      : ['x-stream-protocol-version: v4.channel.k8s.io', 'x-stream-protocol-version: portforward.k8s.io']),
  ];
  socket.write(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('latin1').split('\r\n')[0] ?? '';
}

test.each(endpoints)('%s %s is 401 for nobody, 403 for who may nothing', async (method, path) => {
  expect(await ask(method, path)).toBe('HTTP/1.1 401 Unauthorized');
  expect(await ask(method, path, 'unknown')).toBe('HTTP/1.1 401 Unauthorized');
  expect(await ask(method, path, 'user:')).toBe('HTTP/1.1 403 Forbidden');
});

test.each(upgrades)('%s %s upgraded to %s is 401 for nobody, 403 without create', async (method, path, upgrade) => {
  expect(await ask(method, path, undefined, upgrade)).toBe('HTTP/1.1 401 Unauthorized');
  expect(await ask(method, path, 'unknown', upgrade)).toBe('HTTP/1.1 401 Unauthorized');
  expect(await ask(method, path, 'user:', upgrade)).toBe('HTTP/1.1 403 Forbidden');
  expect(await ask(method, path, 'reader:get', upgrade)).toBe('HTTP/1.1 403 Forbidden');
  expect([provider.running, provider.connections]).toEqual([0, 0]);
  expect(await ask(method, path, 'user:get,create', upgrade)).toBe('HTTP/1.1 101 Switching Protocols');
});

test('/run wants create, too', async () => {
  expect(await ask('POST', '/run/ns/p/c?cmd=true', 'reader:get')).toBe('HTTP/1.1 403 Forbidden');
  expect(await ask('POST', '/run/ns/p/c?cmd=true', 'user:create')).toBe('HTTP/1.1 200 OK');
});

test('what is authorized is what is answered: a path in another spelling is another path', async () => {
  // Its first segment decides what is needed; a decoded or shortened one would be `/exec`.
  for (const path of ['/pods/../exec/ns/p/c?command=id', '/%65xec/ns/p/c?command=id', '//exec/ns/p/c?command=id']) {
    expect(await ask('GET', path, 'reader:get', 'websocket')).toMatch(/^HTTP\/1\.1 404 /);
  }
});
