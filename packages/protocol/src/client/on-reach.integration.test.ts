import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { InterLinkError } from '../errors/interlink-error.ts';
import { HttpTarget } from './http-target.ts';

/** A peer that answers each path with the status that it names, and `/never` not at all. */
async function start() {
  const server = createServer((request, response) => {
    if (request.url === '/never') return;
    response.writeHead(Number(request.url?.slice(1))).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told: Array<string | undefined> = [];
  const target = new HttpTarget({ url, onReach: (trouble) => void told.push(trouble?.message) });
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(async () => {
    stop();
    await target.close();
  });
  const ask = async (path: string, signal?: AbortSignal) => {
    const answer = await target.send({ method: 'GET', path, ...(signal === undefined ? {} : { signal }) });
    await answer.body.dump();
  };
  return { server, url, told, target, ask, stop };
}

test('onReach is told that requests are answered, whatever the answer, but for one that is not let in', async () => {
  const { url, told, target, ask } = await start();
  for (const path of ['/200', '/404', '/503']) await ask(path);
  expect(told.splice(0)).toEqual([undefined, undefined, undefined]);
  await ask('/401');
  const { signal } = new AbortController();
  await expect(target.openWebSocket({ path: '/401', signal }, () => undefined)).rejects.toThrow();
  expect(told).toEqual([`${url} answers 401: it does not let this process in`, expect.any(String)]);
});

test('onReach is told why there is no answer, and nothing of a request that its sender gave up', async () => {
  const { server, url, told, ask, stop } = await start();
  const over = new AbortController();
  const asked = ask('/never', over.signal);
  await once(server, 'request');
  over.abort();
  await expect(asked).rejects.toThrow();
  await expect(ask('/never', AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(told).toEqual([]);
  stop();
  await expect(ask('/200')).rejects.toThrow('ECONNREFUSED');
  expect(told).toEqual([expect.stringContaining(`Cannot reach ${url}: `)]);
});

test('onReach is told that there is no token to be shown', async () => {
  const { url, told } = await start();
  const target = new HttpTarget({
    url,
    token: async () => {
      throw new InterLinkError('unauthenticated', 'the token file is empty');
    },
    onReach: (trouble) => void told.push(trouble?.message),
  });
  onTestFinished(async () => await target.close());
  await expect(target.send({ method: 'GET', path: '/200' })).rejects.toThrow('the token file is empty');
  expect(told).toEqual(['the token file is empty']);
});
