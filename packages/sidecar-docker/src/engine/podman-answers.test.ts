import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from './connect.ts';
import { Engine } from './engine.ts';

/** An engine that answers as Podman 4.3 did. */
async function listen(answer: RequestListener): Promise<Engine> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return new Engine(await connect({ DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` }));
}

test('listContainers() asks again when a container went while the engine listed them', async () => {
  let lists = 0;
  const engine = await listen((_, response) => {
    lists += 1;
    const message = 'container a does not exist in database: no such container';
    response.writeHead(lists === 1 ? 500 : 200, { 'content-type': 'application/json' });
    response.end(lists === 1 ? JSON.stringify({ cause: 'no such container', message, response: 500 }) : '[]');
  });
  expect(await engine.listContainers('a')).toEqual([]);
  expect(lists).toBe(2);
});

test.each([
  [404, 'text/plain', 'Not Found\n', false],
  [404, 'application/json', '{"message":"no container with name or ID \\"a\\" found: no such container"}', true],
])('info() tells whether the engine can change containers: %s %s', async (status, type, text, canUpdate) => {
  const answers: Readonly<Record<string, object>> = {
    '/info': { Name: 'h' },
    '/version': { Components: [{ Name: 'Podman Engine' }] },
  };
  const engine = await listen(({ url = '' }, response) => {
    const json = answers[url];
    response.writeHead(json === undefined ? status : 200, { 'content-type': json ? 'application/json' : type });
    response.end(json === undefined ? text : JSON.stringify(json));
  });
  expect(await engine.info()).toMatchObject({ product: 'Podman Engine', canUpdate });
});

test('info() tells that Podman is rootless, and limits nothing with the first version of control groups', async () => {
  const answers: Readonly<Record<string, object>> = {
    '/info': { Rootless: true, CgroupVersion: '1', MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true },
    '/version': { Components: [{ Name: 'Podman Engine' }] },
  };
  const engine = await listen(({ url = '' }, response) => {
    response.writeHead(answers[url] === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[url] ?? { message: 'no container' }));
  });
  const info = await engine.info();
  expect(info.securityOptions).toContain('name=rootless');
  expect(info.isMeasured).toBe(false);
  expect(info.missingLimits).toEqual(['memory', 'CPUs', 'processes']);
});
