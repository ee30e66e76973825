import type { ContainerStats, NodeStats, PodStats } from '@interlink/sidecar-sdk';
import type { MockPod } from './mock-pod.ts';

/** Whatever the node's pods use, the made-up machine behind them uses this much besides. */
const machine = { startedAtMs: Date.UTC(2026, 0, 1), cpuMillis: 500, memoryBytes: 2 ** 30 };

/** What running containers would use by their scripts: as much CPU all the time, the same memory. Nothing is random. */
export function playStats(pods: ReadonlyArray<MockPod>, nowMs: number): NodeStats {
  const stats = pods.map((pod) => playPod(pod, nowMs));
  const containers = stats.flatMap((pod) => pod.containers);
  return {
    node: {
      time: toTime(nowMs),
      startTime: toTime(machine.startedAtMs),
      cpu: { usageCoreNanoSeconds: cpuSince(machine.startedAtMs, nowMs, machine.cpuMillis) },
      memory: {
        workingSetBytes: containers.reduce((sum, { memory }) => sum + memory.workingSetBytes, machine.memoryBytes),
      },
    },
    pods: stats,
  };
}

function playPod({ report, script, startedAtMs }: MockPod, nowMs: number): PodStats {
  const { uid, namespace, name, status } = report;
  const running = [...(status.initContainerStatuses ?? []), ...status.containerStatuses].filter(
    ({ state }) => state.running !== undefined,
  );
  const { cpuMillis, memoryBytes } = script;
  const isMeasured = startedAtMs !== undefined && nowMs > startedAtMs && cpuMillis > 0 && memoryBytes > 0;
  const containers = isMeasured
    ? running.map(
        (container): ContainerStats => ({
          name: container.name,
          time: toTime(nowMs),
          startTime: toTime(startedAtMs),
          cpu: { usageCoreNanoSeconds: cpuSince(startedAtMs, nowMs, cpuMillis) },
          memory: { workingSetBytes: memoryBytes, usageBytes: memoryBytes, rssBytes: memoryBytes },
        }),
      )
    : [];
  return { uid, namespace, name, containers };
}

/** A thousandth of a core for a millisecond is a thousand nanoseconds. */
function cpuSince(startMs: number, nowMs: number, cpuMillis: number): string {
  return String(BigInt(Math.round(nowMs - startMs)) * BigInt(cpuMillis) * 1_000n);
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
