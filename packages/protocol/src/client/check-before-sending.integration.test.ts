import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { expect, test } from 'vitest';
import { checkBeforeSending } from './check-before-sending.ts';

test('checkBeforeSending() stops also those that wait for a connection, and lets through what it lets through', async ({
  onTestFinished,
}) => {
  const waiting: ServerResponse[] = [];
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(request.url ?? '');
    waiting.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let isOver = false;
  const pool = checkBeforeSending(new Pool(`http://127.0.0.1:${port}`, { connections: 1, pipelining: 1 }), () => {
    if (isOver) throw new Error('not any more');
  });
  onTestFinished(async () => {
    await pool.destroy();
    server.close();
  });
  const [first, second] = ['/1', '/2'].map(async (path) => await pool.request({ method: 'GET', path }));
  second?.catch(() => undefined);
  await expect.poll(() => waiting.length).toBe(1);
  isOver = true;
  waiting[0]?.end('one');
  expect(await (await first)?.body.text()).toBe('one');
  await expect(second).rejects.toThrow('not any more');
  isOver = false;
  const third = pool.request({ method: 'POST', path: '/3', body: 'x' });
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.end();
  expect((await third).statusCode).toBe(200);
  expect(received).toEqual(['/1', '/3']);
});
