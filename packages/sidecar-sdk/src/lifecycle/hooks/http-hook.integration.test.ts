import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { HttpGetAction } from '@interlink/protocol';
import { afterEach, expect, test } from 'vitest';
import { localTarget } from '../testing/action-target.ts';
import { closedPort, listenLocally } from '../testing/local-server.ts';
import { runHook } from './run-hook.ts';

const closing: Array<() => Promise<unknown>> = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const serve = async (listener: RequestListener) => await listenLocally(createServer(listener), closing);
const preStop = async (port: number, action: Partial<HttpGetAction> = {}) =>
  await runHook('preStop', { httpGet: { port, ...action } }, localTarget(port), never);

test('runHook() sends the kubelet’s request, and takes any answer for success', async () => {
  let seen: IncomingMessage | undefined;
  const port = await serve((request, response) => {
    seen = request;
    response.writeHead(500).end('failed');
  });
  const httpHeaders = [{ name: 'authorization', value: 'Bearer x' }];
  expect(await preStop(port, { path: 'drain?now', httpHeaders })).toEqual({
    result: 'success',
    message: '',
    events: [],
  });
  expect(seen?.url).toBe('/drain?now');
  expect(seen?.headers).toMatchObject({
    'user-agent': 'kube-lifecycle/1.34',
    accept: '*/*',
    authorization: 'Bearer x',
  });
});

test('runHook() asks in plain HTTP whom does not speak TLS, without what proves who asks, and tells it', async () => {
  let seen: IncomingMessage | undefined;
  const port = await serve((request, response) => {
    seen = request;
    response.end();
  });
  const httpHeaders = [{ name: 'Authorization', value: 'Bearer x' }];
  const { result, events } = await preStop(port, { scheme: 'HTTPS', httpHeaders });
  expect(result).toBe('success');
  expect(seen?.headers.authorization).toBeUndefined();
  const message = `request to HTTPS lifecycle hook 127.0.0.1:${port} got HTTP response, retry with HTTP succeeded`;
  expect(events).toEqual([{ type: 'Warning', reason: 'LifecycleHTTPFallback', message }]);
});

test('runHook() fails when nobody answers', async () => {
  const port = await closedPort();
  const { result, message } = await preStop(port, { path: '/drain' });
  expect(result).toBe('failure');
  expect(message).toMatch(/^HTTP lifecycle hook \(\/drain\) for Container "c" .* connect: connection refused$/);
});
