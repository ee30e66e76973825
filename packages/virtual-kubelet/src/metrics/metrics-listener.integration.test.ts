import { createLogger } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { KubeletMetrics } from './kubelet-metrics.ts';
import { startMetricsListener } from './metrics-listener.ts';

test('startMetricsListener() tells of the process without a token, and of nothing else', async ({ onTestFinished }) => {
  const { registry, health } = new KubeletMetrics('n');
  const logger = createLogger('test', 'silent');
  const listener = await startMetricsListener({ url: 'http://127.0.0.1:0', registry, readiness: health, logger });
  onTestFinished(() => listener.close());
  const ask = async (path: string) => {
    const response = await fetch(`${listener.url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok' });
  expect(await ask('/livez')).toEqual({ status: 200, text: 'ok' });
  expect(await ask('/readyz?verbose')).toEqual({ status: 503, text: '[-]node failed: not started yet\nnot ready\n' });
  health.node = () => undefined;
  expect(await ask('/readyz?verbose')).toEqual({ status: 200, text: '[+]node ok\nok\n' });
  expect((await ask('/metrics')).text).toContain('process_cpu_seconds_total');
  for (const path of ['/metrics/resource', '/stats/summary', '/pods', '/configz']) {
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  }
});
