import type { RequestObserver } from '@interlink/kube';
import { Counter, Histogram, type Registry } from 'prom-client';

/** client-go's: https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/component-base/metrics/prometheus/restclient/metrics.go */
const buckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** Counts what is asked of the Kubernetes API. */
export function restClientObserver(registry: Registry): RequestObserver {
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Request latency in seconds until the answer begins. Broken down by verb, and host.',
    labelNames: ['verb', 'host'],
    buckets,
    registers: [registry],
  });
  return ({ method, host, status, durationMs }) => {
    requests.inc({ code: status === undefined ? '<error>' : String(status), method, host });
    durations.observe({ verb: method, host }, durationMs / 1_000);
  };
}
