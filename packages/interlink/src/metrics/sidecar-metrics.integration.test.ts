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
