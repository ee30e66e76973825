import type { PodUsage, Sample, Usage } from '../stats/usage.ts';
import { type MetricFamily, type MetricSample, toSeconds } from './exposition.ts';

/**
 * The families of `/metrics/resource`, which metrics-server and Prometheus read. Names, label order and times are the kubelet's
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/metrics/collectors/resource_metrics.go). What was not measured has no
 * line: metrics-server takes a zero for a broken pod, and drops it.
 * @param usage undefined when there is none to be had @param hasFailed it should have been there
 */
export function resourceMetrics(usage: Usage | undefined, hasFailed: boolean): MetricFamily[] {
  const { node, pods = [] } = usage ?? {};
  const containers = pods.flatMap(({ namespace, name: pod, containers: measured }) =>
    measured.map((container) => ({ container, labels: { container: container.name, pod, namespace } })),
  );
  const ofContainers = (read: (sample: Sample) => MetricSample['value']): MetricSample[] =>
    containers.map(({ container, labels }) => ({ labels, value: read(container), timeMs: container.timeMs }));
  const ofPods = (read: (sample: Sample) => MetricSample['value']) => pods.flatMap((pod) => podSample(pod, read));
  const ofNode = (read: (sample: Sample) => MetricSample['value']) =>
    node === undefined ? [] : [{ value: read(node), timeMs: node.timeMs }];
  const failed = [{ value: hasFailed ? 1 : 0 }];
  return [
    counter('container_cpu_usage_seconds_total', 'CPU time of the container in core-seconds', ofContainers(cpuOf)),
    gauge('container_memory_working_set_bytes', 'Working set of the container in bytes', ofContainers(memoryOf)),
    gauge(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds',
      containers.map(({ container, labels }) => ({ labels, value: container.startTimeMs / 1_000 })),
    ),
    counter('node_cpu_usage_seconds_total', 'CPU time of the node in core-seconds', ofNode(cpuOf)),
    gauge('node_memory_working_set_bytes', 'Working set of the node in bytes', ofNode(memoryOf)),
    counter('pod_cpu_usage_seconds_total', 'CPU time of the pod in core-seconds', ofPods(cpuOf)),
    gauge('pod_memory_working_set_bytes', 'Working set of the pod in bytes', ofPods(memoryOf)),
    gauge('resource_scrape_error', '1 if the backend could not be asked for what its pods use, 0 otherwise', failed),
    gauge('scrape_error', '1 if the backend could not be asked for what its pods use, 0 otherwise', failed),
  ];
}

function podSample({ namespace, name: pod, whole }: PodUsage, read: (sample: Sample) => MetricSample['value']) {
  return whole === undefined ? [] : [{ labels: { namespace, pod }, value: read(whole), timeMs: whole.timeMs }];
}

function cpuOf({ cpuNanoseconds }: Sample): string {
  return toSeconds(cpuNanoseconds);
}

function memoryOf({ workingSetBytes }: Sample): number {
  return workingSetBytes;
}

function counter(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'counter', samples };
}

function gauge(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'gauge', samples };
}
