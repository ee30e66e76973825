import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from './connect.ts';
import { Engine } from './engine.ts';

test('an engine counts every request, whatever comes of it', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url?.includes('/containers/json') === true ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(response.statusCode === 200 ? '[]' : '{"message":"no such container"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const engine = new Engine(await connect({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }));
  expect(engine.requestsMade).toBe(0);
  await engine.listContainers('a');
  await engine.listContainers('b');
  await expect(engine.inspectContainer('c')).rejects.toMatchObject({ code: 'not_found' });
  expect(engine.requestsMade).toBe(3);
});
