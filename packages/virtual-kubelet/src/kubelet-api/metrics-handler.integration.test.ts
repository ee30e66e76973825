import { InterLinkError } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { KubeletMetrics } from '../metrics/kubelet-metrics.ts';
import { sampleUsage } from '../stats/testing/sample-usage.ts';
import type { Usage } from '../stats/usage.ts';
import { createAuthorize } from './authorize.ts';
import type { MetricsSource } from './metrics-handler.ts';
import { keepLogLines } from './testing/log-lines.ts';
import { startTestKubelet } from './testing/start-kubelet.ts';

function sourceOf(readUsage: () => Promise<Usage>): { metrics: MetricsSource; own: KubeletMetrics } {
  const own = new KubeletMetrics('n');
  const metrics = {
    nodeName: 'n',
    readUsage,
    readOwn: async () => await own.registry.metrics(),
    capacity: () => ({ cpu: '2' }),
    configuration: () => ({ kind: 'KubeletConfiguration' }),
    health: { backend: () => 'out of reach' },
  };
  return { metrics, own };
}

const failure = (code: 'unimplemented' | 'unavailable') => () =>
  Promise.reject(new InterLinkError(code, `the backend says ${code}`));

test('the metrics of node and process are at the kubelet’s paths', async () => {
  const { metrics, own } = sourceOf(async () => sampleUsage);
  const kubelet = await startTestKubelet({ metrics, requests: own.http });
  const admin = await kubelet.admin();
  const wanted = [
    ['/metrics/resource', 'text/plain; version=0.0.4; charset=utf-8', 'node_cpu_usage_seconds_total 9007199.254740993'],
    ['/metrics/cadvisor', 'text/plain; version=0.0.4; charset=utf-8', 'machine_cpu_cores 2'],
    ['/metrics/probes', 'text/plain; version=0.0.4; charset=utf-8', '# TYPE prober_probe_total counter'],
    ['/metrics/slis', 'text/plain; version=0.0.4; charset=utf-8', 'name="backend",type="readyz"} 0'],
    ['/metrics', 'text/plain; version=0.0.4; charset=utf-8', 'kubelet_node_name{node="n"} 1'],
    ['/configz', 'application/json', '{"kubeletconfig":{"kind":"KubeletConfiguration"}}'],
    ['/stats/summary', 'application/json', '"usageCoreNanoSeconds":18446744073709551615'],
  ] as const;
  for (const [path, type, part] of wanted) {
    const { status, headers, body } = await admin.get(path);
    expect([path, status, headers['content-type']]).toEqual([path, 200, type]);
    expect(body).toContain(part);
  }
  const { body } = await admin.get('/metrics');
  expect(body).toContain(
    'kubelet_http_requests_total{method="GET",path="stats",server_type="readwrite",long_running="false"} 1',
  );
});

test('/stats/summary answers POST, other paths only GET', async () => {
  const { metrics } = sourceOf(async () => sampleUsage);
  const admin = await (await startTestKubelet({ metrics })).admin();
  expect(await admin.get('/stats/summary?only_cpu_and_memory=true', { method: 'POST' })).toMatchObject({
    status: 200,
    body: expect.not.stringContaining('network'),
  });
  for (const path of [
    '/metrics',
    '/metrics/resource',
    '/metrics/cadvisor',
    '/metrics/probes',
    '/metrics/slis',
    '/configz',
  ]) {
    const { status, headers } = await admin.get(path, { method: 'POST' });
    expect([path, status, headers.allow]).toEqual([path, 405, 'GET']);
  }
  expect(await admin.get('/stats/summary', { method: 'PUT' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, POST' },
  });
});

test.each([
  ['unimplemented', 501, 'scrape_error 0'],
  ['unavailable', 500, 'scrape_error 1'],
] as const)(
  'a backend that answers %s: /stats/summary says %d and why, /metrics/resource has no samples',
  async (code, status, line) => {
    const { metrics } = sourceOf(failure(code));
    const admin = await (await startTestKubelet({ metrics })).admin();
    expect(await admin.get('/stats/summary')).toMatchObject({ status, body: `the backend says ${code}` });
    const { body } = await admin.get('/metrics/resource');
    const samples = body.split('\n').filter((one) => one !== '' && !one.startsWith('#'));
    expect(samples).toEqual([`resource_${line}`, line]);
  },
);

test('each path wants its own subresource, and 403 without', async () => {
  const { logger } = keepLogLines();
  const reviews = {
    whoIs: async (token: string) => ({ user: token, groups: [] }),
    isAllowed: async ({ user }: { user: string }, { verb, subresource }: { verb: string; subresource: string }) =>
      user === `${verb}-${subresource}`,
  };
  const { metrics } = sourceOf(async () => sampleUsage);
  const authorize = createAuthorize({ reviews, nodeName: 'n', logger });
  const client = (await startTestKubelet({ metrics, authorize })).client();
  const ask = async (path: string, user: string) =>
    (await client.get(path, { headers: { authorization: `Bearer ${user}` } })).status;
  for (const [path, user] of [
    ['/metrics/resource', 'get-metrics'],
    ['/metrics', 'get-metrics'],
    ['/stats/summary', 'get-stats'],
    ['/configz', 'get-configz'],
    ['/configz', 'get-proxy'],
  ] as const) {
    expect([path, user, await ask(path, user)]).toEqual([path, user, 200]);
  }
  for (const [path, user] of [
    ['/metrics/resource', 'get-proxy'],
    ['/metrics', 'get-stats'],
    ['/stats/summary', 'get-metrics'],
    ['/stats/summary', 'get-proxy'],
    ['/configz', 'get-metrics'],
  ] as const) {
    expect([path, user, await ask(path, user)]).toEqual([path, user, 403]);
  }
});
