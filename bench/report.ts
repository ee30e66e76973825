import type { LoadResult } from './load-run.ts';
import type { PodTimes } from './pod-times.ts';

/** The value below which the given share of the samples lies. */
export function percentile(samples: ReadonlyArray<number>, share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Prints the figures, one per line. */
export function printReport(result: LoadResult): void {
  const lines: Array<[string, string]> = [
    ['pods', `${result.podCount} that end after 5 s, then ${result.podCount} that stay`],
    ['to Running', `${perSecond(result.ending)} pods/s, then ${perSecond(result.staying)} pods/s`],
    ['created→Running', both([...result.ending, ...result.staying], 'created', 'running')],
    ['exit→Succeeded', both(result.ending, 'exited', 'succeeded')],
    [
      'deletes',
      `${deletesPerSecond(result.ending, result.deleteAt.ending)} pods/s that had ended, ${deletesPerSecond(result.staying, result.deleteAt.staying)} pods/s that ran`,
    ],
    ['requests per pod', requests(result)],
    ...result.usage.map(({ name, cpuSeconds, residentMiB }): [string, string] => [
      name,
      `${cpuSeconds.toFixed(1)} CPU seconds, ${residentMiB.toFixed(0)} MiB resident`,
    ]),
  ];
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(18)}${value}\n`);
}

function perSecond(pods: ReadonlyArray<PodTimes>): string {
  const first = Math.min(...pods.map((pod) => pod.created ?? Number.NaN));
  const last = Math.max(...pods.map((pod) => pod.running ?? Number.NaN));
  return (pods.length / ((last - first) / 1_000)).toFixed(0);
}

function deletesPerSecond(pods: ReadonlyArray<PodTimes>, from: number): string {
  const last = Math.max(...pods.map((pod) => pod.deleted ?? Number.NaN));
  return (pods.length / ((last - from) / 1_000)).toFixed(0);
}

function both(pods: ReadonlyArray<PodTimes>, from: keyof PodTimes, to: keyof PodTimes): string {
  const samples = pods.map((pod) => (pod[to] ?? Number.NaN) - (pod[from] ?? Number.NaN));
  return `p50 ${percentile(samples, 0.5).toFixed(0)} ms, p99 ${percentile(samples, 0.99).toFixed(0)} ms`;
}

function requests({ requests: counts, podCount }: LoadResult): string {
  const each = (count: number) => (count / (podCount * 2)).toFixed(2);
  return `${each(counts.kubernetes)} to Kubernetes, ${each(counts.interlink)} to InterLink, ${each(counts.sidecar)} to the sidecar`;
}
