import type { QueueObserver } from '@interlink/kube';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** client-go's: powers of ten from 10 ns to 1000 s. */
const buckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1_000];

/** Counts the work of a queue, under the names of https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/component-base/metrics/prometheus/workqueue/metrics.go */
export function workQueueObserver(registry: Registry, name: string): QueueObserver {
  const common = { labelNames: ['name'] as const, registers: [registry] };
  let depthNow = () => 0;
  new Gauge({
    ...common,
    name: 'workqueue_depth',
    help: 'Current depth of workqueue',
    collect() {
      this.set({ name }, depthNow());
    },
  });
  const adds = new Counter({
    ...common,
    name: 'workqueue_adds_total',
    help: 'Total number of adds handled by workqueue',
  });
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue',
  });
  const waits = new Histogram({
    ...common,
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested.',
    buckets,
  });
  const works = new Histogram({
    ...common,
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes.',
    buckets,
  });
  for (const counter of [adds, retries]) counter.inc({ name }, 0);
  return {
    onQueue: (depth) => {
      depthNow = depth;
    },
    onAdd: () => adds.inc({ name }),
    onStart: (waitedMs) => waits.observe({ name }, waitedMs / 1_000),
    onDone: (workedMs) => works.observe({ name }, workedMs / 1_000),
    onRetry: () => retries.inc({ name }),
  };
}
