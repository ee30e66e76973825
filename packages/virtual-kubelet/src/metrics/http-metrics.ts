import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RouteName } from '../kubelet-api/routes.ts';

const labelNames = ['method', 'path', 'server_type', 'long_running'] as const;

/** These last as long as their callers like. */
const longRunning: ReadonlySet<string> = new Set(['exec', 'attach', 'portForward', 'containerLogs']);

/** What the kubelet calls the parts of its API. */
const paths: Readonly<Partial<Record<RouteName, string>>> = {
  runningPods: 'runningpods',
  summary: 'stats',
  metricsResource: 'metrics/resource',
  metricsCadvisor: 'metrics/cadvisor',
  metricsProbes: 'metrics/probes',
  metricsSlis: 'metrics/slis',
};

/** Counts what is asked at the kubelet port: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/server/metrics/metrics.go */
export class HttpMetrics {
  readonly #requests: Counter<(typeof labelNames)[number]>;
  readonly #inFlight: Gauge<(typeof labelNames)[number]>;
  readonly #durations: Histogram<(typeof labelNames)[number]>;

  constructor(registry: Registry) {
    const common = { labelNames, registers: [registry] };
    this.#requests = new Counter({
      ...common,
      name: 'kubelet_http_requests_total',
      help: 'Number of the http requests received since the server started',
    });
    this.#inFlight = new Gauge({
      ...common,
      name: 'kubelet_http_inflight_requests',
      help: 'Number of the inflight http requests',
    });
    this.#durations = new Histogram({
      ...common,
      name: 'kubelet_http_requests_duration_seconds',
      help: 'Duration in seconds to serve http requests',
    });
  }

  /** @param route undefined for a path that is none of the kubelet's @returns tells that the request is over */
  begin(method: string, route: RouteName | undefined): () => void {
    const path = route === undefined ? 'other' : (paths[route] ?? route);
    const labels = { method, path, server_type: 'readwrite', long_running: String(longRunning.has(path)) };
    const startedAt = performance.now();
    this.#requests.inc(labels);
    this.#inFlight.inc(labels);
    return () => {
      this.#inFlight.dec(labels);
      this.#durations.observe(labels, (performance.now() - startedAt) / 1_000);
    };
  }
}
