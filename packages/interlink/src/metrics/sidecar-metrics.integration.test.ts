import { Readable } from 'node:stream';
import type { HttpTarget } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';

const owner = '/v2/clusters/c1/nodes/n1';

async function metricsOf(target: HttpTarget): Promise<string> {
  return await (await target.send({ method: 'GET', path: '/metrics' })).body.text();
}

test('InterLink tells how its sidecar answers, by documented routes, and passes on the request’s id', async () => {
  const sidecar = await startScriptedSidecar(({ url }) =>
    url === '/v2/capabilities' ? { body: v2Capabilities } : { status: url.includes('stats') ? 501 : 200, body: {} },
  );
  const { target } = await startInterLink(sidecar.port);
  const headers = { 'x-request-id': 'abc-1' };
  for (const path of [`${owner}/pods`, `${owner}/stats`, `${owner}/pods/u/containers/c/log`, `${owner}/pods/u/new`]) {
    const answer = await target.send({ method: 'GET', path, headers });
    expect(answer.headers['x-request-id']).toBe('abc-1');
    await answer.body.dump();
  }
  expect(sidecar.seen.at(-1)?.headers['x-request-id']).toBe('abc-1');
  const text = await metricsOf(target);
  const name = 'sidecar="sidecar"';
  expect(text).toContain(`interlink_sidecar_requests_total{${name},code="501"} 1`);
  expect(text).toContain(`interlink_sidecar_request_duration_seconds_count{${name}} 5`);
  expect(text).toContain(`interlink_sidecar_answers_open{${name}} 0`);
  expect(text).toContain(`interlink_sidecar_reachable{${name}} 1`);
  const route = '/v2/clusters/:cluster/nodes/:node';
  for (const rest of ['pods', 'pods/:uid/containers/:container/log', '*'])
    expect(text).toContain(`http_requests_total{method="GET",route="${route}/${rest}",code="200"} 1`);
});

const countOf = (text: string, name: string) =>
  Number(new RegExp(`^${name}\\{sidecar="sidecar"\\} (\\d+)$`, 'm').exec(text)?.[1]);

test('InterLink counts what it sends again because a sidecar has put it off', async () => {
  let putOff = 0;
  const sidecar = await startScriptedSidecar(({ url }, response) => {
    if (url !== `${owner}/capabilities` || putOff >= 2) return { body: v2Capabilities };
    putOff += 1;
    response.writeHead(429, { 'retry-after': '0' }).end();
    return undefined;
  });
  const { target } = await startInterLink(sidecar.port);
  expect(countOf(await metricsOf(target), 'interlink_sidecar_retries_total')).toBeNaN();
  const { statusCode, body } = await target.send({ method: 'GET', path: `${owner}/capabilities` });
  await body.dump();
  expect([statusCode, putOff]).toEqual([200, 2]);
  expect(countOf(await metricsOf(target), 'interlink_sidecar_retries_total')).toBe(2);
});

test('InterLink counts the bytes that go to a sidecar and come from it, also of connections that have ended', async () => {
  const size = 100_000;
  const sidecar = await startScriptedSidecar(({ url }, response) => {
    if (url.endsWith('/capabilities')) return { body: v2Capabilities };
    response.setHeader('connection', 'close');
    return { body: 'x'.repeat(size) };
  });
  const { target } = await startInterLink(sidecar.port);
  const before = await metricsOf(target);
  for (let round = 1; round <= 3; round += 1) {
    const answer = await target.send({ method: 'PUT', path: `${owner}/pods/u`, body: 'y'.repeat(2 * size) });
    await answer.body.dump();
    const text = await metricsOf(target);
    for (const [way, least] of [
      ['received', round * size],
      ['sent', round * 2 * size],
    ] as const) {
      const name = `interlink_sidecar_${way}_bytes_total`;
      const more = countOf(text, name) - countOf(before, name);
      expect(more).toBeGreaterThanOrEqual(least);
      expect(more).toBeLessThan(least + size);
    }
  }
});

test('InterLink tells how old its answers for a v1 plugin are', async () => {
  const plugin = await startV1Plugin();
  const { target } = await startInterLink(plugin.port);
  await vi.waitFor(async () =>
    expect(await metricsOf(target)).toMatch(/^interlink_sidecar_cache_age_seconds\{.*\} \d/m),
  );
});

test('InterLink passes on no body that is too large, whether its length is told or not', async () => {
  const sidecar = await startScriptedSidecar(({ url }) => ({ body: url === '/v2/capabilities' ? v2Capabilities : {} }));
  const { target } = await startInterLink(sidecar.port);
  const size = 9 * 1024 * 1024;
  const chunks = () => Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(size / 9)));
  for (const body of [Buffer.alloc(size), chunks()]) {
    const answer = await target.send({ method: 'PUT', path: `${owner}/pods/u`, body }).catch(() => undefined);
    // Who is hung up on while it still sends may not see the answer.
    if (answer !== undefined) expect(await answer.body.json()).toMatchObject({ status: 413, code: 'out_of_range' });
  }
  const longest = Math.max(...sidecar.seen.map(({ body }) => body.length));
  expect(longest).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect((await target.send({ method: 'GET', path: `${owner}/pods` })).statusCode).toBe(200);
});
