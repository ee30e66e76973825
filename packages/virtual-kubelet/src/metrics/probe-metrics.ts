import type { MetricFamily } from './exposition.ts';

/** The families of `/metrics/probes`. Probes are the backend's, which tells what comes of them and not how many there were: there are no lines. */
export function probeMetrics(): MetricFamily[] {
  return [
    {
      name: 'prober_probe_total',
      help: 'Cumulative number of liveness, readiness or startup probes for a container, by result',
      type: 'counter',
      samples: [],
    },
    {
      name: 'prober_probe_duration_seconds',
      help: 'Duration in seconds of a probe',
      type: 'histogram',
      samples: [],
    },
  ];
}
