import { parseQuantity } from '@interlink/kube';
import type { ContainerUsage, PodUsage, Usage } from '../stats/usage.ts';
import { type MetricFamily, type MetricSample, toSeconds } from './exposition.ts';

type Read<T> = (usage: T) => MetricSample['value'] | undefined;

/** Where a container's CPU is cut off, in cAdvisor's words: so much time of each period. */
const quotaPeriodMicroseconds = 100_000;

/**
 * The families of `/metrics/cadvisor` that dashboards ask for, under cAdvisor's names and labels
 * (https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md). What was not measured has no line.
 * @param usage undefined when there is none to be had
 * @param node its capacity as quantities, and whether there should have been usage
 */
export function cadvisorMetrics(
  usage: Usage | undefined,
  { capacity, hasFailed }: { capacity: Readonly<Record<string, string>>; hasFailed: boolean },
): MetricFamily[] {
  const pods = usage?.pods ?? [];
  const containers = (read: Read<ContainerUsage>, more: Readonly<Record<string, string>> = {}): MetricSample[] =>
    pods.flatMap((pod) =>
      pod.containers.flatMap((container) =>
        sample({ ...labelsOf(pod, container), ...more }, read(container), container.timeMs),
      ),
    );
  const networks = (read: Read<NonNullable<PodUsage['network']>>): MetricSample[] =>
    pods.flatMap((pod) =>
      pod.network === undefined
        ? []
        : sample({ ...labelsOf(pod), interface: 'eth0' }, read(pod.network), pod.network.timeMs),
    );
  return [
    counter(
      'container_cpu_usage_seconds_total',
      'CPU time of the container in core-seconds',
      containers(({ cpuNanoseconds }) => toSeconds(cpuNanoseconds), { cpu: 'total' }),
    ),
    gauge(
      'container_memory_working_set_bytes',
      'Working set of the container in bytes',
      containers((one) => one.workingSetBytes),
    ),
    gauge(
      'container_memory_usage_bytes',
      'All memory of the container in bytes, file pages included',
      containers((one) => one.usageBytes),
    ),
    gauge(
      'container_memory_rss',
      'Resident anonymous memory of the container in bytes',
      containers((one) => one.rssBytes),
    ),
    counter(
      'container_network_receive_bytes_total',
      'Bytes that the pod has received',
      networks(({ rxBytes }) => rxBytes),
    ),
    counter(
      'container_network_transmit_bytes_total',
      'Bytes that the pod has sent',
      networks(({ txBytes }) => txBytes),
    ),
    gauge(
      'container_fs_usage_bytes',
      'What the container has written, in bytes',
      containers((one) => one.rootfsBytes),
    ),
    gauge(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds',
      containers((one) => one.startTimeMs / 1_000),
    ),
    gauge(
      'container_last_seen',
      'When the container was measured, since unix epoch in seconds',
      containers((one) => Math.floor(one.timeMs / 1_000)),
    ),
    gauge(
      'container_spec_cpu_shares',
      'CPU share of the container',
      containers(({ requests }) => sharesOf(requests.cpu)),
    ),
    gauge(
      'container_spec_cpu_period',
      'CPU period of the container in microseconds',
      containers(({ limits }) => (limits.cpu === undefined ? undefined : quotaPeriodMicroseconds)),
    ),
    gauge(
      'container_spec_cpu_quota',
      'CPU quota of the container in microseconds of a period',
      containers(({ limits }) => quotaOf(limits.cpu)),
    ),
    gauge(
      'container_spec_memory_limit_bytes',
      'Memory limit of the container in bytes; 0: none',
      containers(({ limits }) => amountOf(limits.memory) ?? 0),
    ),
    gauge('machine_cpu_cores', 'Cores that the node has', sample({}, amountOf(capacity.cpu))),
    gauge('machine_memory_bytes', 'Memory that the node has, in bytes', sample({}, amountOf(capacity.memory))),
    gauge(
      'container_scrape_error',
      '1 if the backend could not be asked for what its pods use, 0 otherwise',
      sample({}, hasFailed ? 1 : 0),
    ),
  ];
}

/** cAdvisor's labels in its order. Without a container: those of the pod itself, which has neither image nor name. */
function labelsOf({ namespace, name: pod, uid }: PodUsage, container?: ContainerUsage): Record<string, string> {
  return {
    container: container?.name ?? '',
    id: `/pods/${uid}${container === undefined ? '' : `/${container.name}`}`,
    image: container?.image ?? '',
    name: container?.containerID.replace(/^.*:\/\//, '') ?? '',
    namespace,
    pod,
  };
}

function sample(
  labels: Record<string, string>,
  value: MetricSample['value'] | undefined,
  timeMs?: number,
): MetricSample[] {
  return value === undefined ? [] : [{ labels, value, ...(timeMs === undefined ? {} : { timeMs }) }];
}

function amountOf(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : parseQuantity(quantity);
}

/** As the kubelet has it: 1024 for a core, never less than 2. */
function sharesOf(request: string | undefined): number {
  return Math.max(2, Math.floor((amountOf(request) ?? 0) * 1_024));
}

function quotaOf(limit: string | undefined): number | undefined {
  const cores = amountOf(limit);
  return cores === undefined ? undefined : Math.round(cores * quotaPeriodMicroseconds);
}

function counter(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'counter', samples };
}

function gauge(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'gauge', samples };
}
