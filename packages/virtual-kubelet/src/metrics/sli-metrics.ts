import type { MetricFamily } from './exposition.ts';

/**
 * The family of `/metrics/slis`: the health checks as numbers.
 * @see https://kubernetes.io/docs/reference/instrumentation/slis/
 * @param health by name: undefined when well, else what is wrong
 */
export function sliMetrics(health: Readonly<Record<string, () => string | undefined>>): MetricFamily[] {
  const checks = [['ping', () => undefined] as const, ...Object.entries(health)];
  return [
    {
      name: 'kubernetes_healthcheck',
      help: 'The result of a health check: 1 well, 0 not',
      type: 'gauge',
      samples: checks.map(([name, check]) => ({
        labels: { name, type: name === 'ping' ? 'healthz' : 'readyz' },
        value: check() === undefined ? 1 : 0,
      })),
    },
  ];
}
