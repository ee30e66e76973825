import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { HttpTarget } from './http-target.ts';
import { PodClient } from './pod-client.ts';

test('watchPods() says what it wants of a sidecar that answers with its list', async ({ onTestFinished }) => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"items":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = new HttpTarget({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  onTestFinished(async () => {
    await target.close();
    server.close();
  });
  const watch = new PodClient(target, { cluster: 'c', node: 'n' }).watchPods({ signal: new AbortController().signal });
  await expect(watch.next()).rejects.toMatchObject({
    code: 'unimplemented',
    message: expect.stringMatching(
      /answers a watch with application\/json; .* application\/x-ndjson, .* the verb watch/,
    ),
  });
});
