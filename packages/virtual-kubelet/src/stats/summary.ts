import type { ContainerUsage, PodUsage, Sample, Usage } from './usage.ts';

export interface SummaryOptions {
  readonly nodeName: string;
  /** `?only_cpu_and_memory=true` */
  readonly onlyCpuAndMemory: boolean;
}

/**
 * The kubelet's summary, for {@link renderExactJson}. What was not measured is left out; `containers` is always there.
 * @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go
 */
export function toSummary({ node, pods }: Usage, { nodeName, onlyCpuAndMemory }: SummaryOptions): object {
  return {
    node: {
      nodeName,
      systemContainers: [],
      ...(node === undefined ? {} : { ...start(node.startTimeMs), ...sample(node) }),
    },
    pods: pods.map((pod) => toPod(pod, onlyCpuAndMemory)),
  };
}

function toPod(pod: PodUsage, onlyCpuAndMemory: boolean): object {
  const { name, namespace, uid, containers, whole, network, processCount } = pod;
  const common = {
    podRef: { name, namespace, uid },
    ...start(pod.startTimeMs),
    containers: containers.map((container) => toContainer(container, onlyCpuAndMemory)),
    ...(whole === undefined ? {} : sample(whole)),
  };
  if (onlyCpuAndMemory) return common;
  return {
    ...common,
    ...(network === undefined
      ? {}
      : {
          network: {
            ...{
              time: time(network.timeMs),
              name: 'eth0',
              rxBytes: wrap(network.rxBytes),
              txBytes: wrap(network.txBytes),
            },
            interfaces: [{ name: 'eth0', rxBytes: wrap(network.rxBytes), txBytes: wrap(network.txBytes) }],
          },
        }),
    ...(processCount === undefined ? {} : { process_stats: { process_count: processCount } }),
  };
}

function toContainer(container: ContainerUsage, onlyCpuAndMemory: boolean): object {
  const { name, startTimeMs, timeMs, rootfsBytes, logBytes } = container;
  const common = { name, ...start(startTimeMs), ...sample(container) };
  if (onlyCpuAndMemory) return common;
  return {
    ...common,
    ...(rootfsBytes === undefined ? {} : { rootfs: { time: time(timeMs), usedBytes: rootfsBytes } }),
    ...(logBytes === undefined ? {} : { logs: { time: time(timeMs), usedBytes: logBytes } }),
  };
}

function sample({ timeMs, cpuNanoseconds, cpuNanoCores, workingSetBytes, usageBytes, rssBytes }: Sample): object {
  return {
    cpu: {
      time: time(timeMs),
      ...(cpuNanoCores === undefined ? {} : { usageNanoCores: wrap(cpuNanoCores) }),
      usageCoreNanoSeconds: wrap(cpuNanoseconds),
    },
    memory: {
      time: time(timeMs),
      ...(usageBytes === undefined ? {} : { usageBytes }),
      workingSetBytes,
      ...(rssBytes === undefined ? {} : { rssBytes }),
    },
  };
}

function start(startTimeMs: number | undefined): { startTime?: string } {
  return startTimeMs === undefined ? {} : { startTime: time(startTimeMs) };
}

/** The kubelet's type is uint64, which wraps. */
function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
