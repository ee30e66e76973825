import { percentile } from '../report.ts';
import type { ScaleResult } from './scale-load.ts';

export interface Row {
  readonly round: number;
  readonly name: string;
  readonly result: ScaleResult;
}

const head = [
  'round',
  'pods',
  'system',
  'pods/s',
  'Running p50',
  'p99',
  'exit p99',
  'deletes/s',
  'cores',
  'idle',
  'MiB',
];

/** Prints a row for each measurement, then what each process took of CPU and memory, and what kube-apiserver was asked. */
export function printScale(rows: ReadonlyArray<Row>): void {
  printTable([head, ...rows.map(toCells)]);
  printByProcess('CPU per pod, created to gone, ms', rows, ({ cpuSeconds }, podCount) =>
    ((cpuSeconds * 1_000) / podCount).toFixed(2),
  );
  printByProcess('Of a core while nothing happens', rows, ({ idleShare }) =>
    idleShare === undefined ? '' : percent(idleShare),
  );
  printByProcess('Memory with all pods (proportional set size), MiB', rows, ({ memoryMiB }) => memoryMiB.toFixed(0));
  process.stdout.write('\nRequests to kube-apiserver per pod, created to gone\n');
  for (const { round, name, result } of rows) {
    const perPod = [...result.requests].map(([what, count]) => ({ what, count: count / result.podCount }));
    const most = perPod.filter(({ count }) => count >= 0.01).sort((a, b) => b.count - a.count);
    const told = most.map(({ what, count }) => `${what} ${count.toFixed(2)}`).join(', ');
    process.stdout.write(`${round}, ${result.podCount} pods, ${name}: ${told}\n`);
  }
}

function toCells({ round, name, result }: Row): string[] {
  return [
    String(round),
    String(result.podCount),
    name,
    result.runningPerSecond.toFixed(0),
    `${percentile(result.latencies, 0.5).toFixed(0)} ms`,
    `${percentile(result.latencies, 0.99).toFixed(0)} ms`,
    result.exitLatencies.length === 0 ? '' : `${percentile(result.exitLatencies, 0.99).toFixed(0)} ms`,
    result.deletesPerSecond.toFixed(0),
    `${result.busyCores.creating.toFixed(2)} ${result.busyCores.deleting.toFixed(2)}`,
    percent([...result.idleShares.values()].reduce((sum, share) => sum + share, 0)),
    result.memoryMiB.toFixed(0),
  ];
}

interface KindUsage {
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
  /** Of the system's own. */
  readonly idleShare: number | undefined;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A column for each kind of process: `vk 1` and `vk 2` are two of one. */
function printByProcess(
  title: string,
  rows: ReadonlyArray<Row>,
  cell: (usage: KindUsage, podCount: number) => string,
): void {
  const byKind = rows.map(({ result }) => usageByKind(result));
  const kinds = [...new Set(byKind.flatMap((usage) => [...usage.keys()]))];
  process.stdout.write(`\n${title}\n`);
  printTable([
    ['round', 'pods', 'system', ...kinds],
    ...rows.map(({ round, name, result: { podCount } }, index) => [
      ...[String(round), String(podCount), name],
      ...kinds.map((kind) => {
        const usage = byKind[index]?.get(kind);
        return usage === undefined ? '' : cell(usage, podCount);
      }),
    ]),
  ]);
}

function usageByKind({ usage, idleShares }: ScaleResult): Map<string, KindUsage> {
  const kinds = new Map<string, KindUsage>();
  for (const [name, { cpuSeconds, proportionalMiB }] of usage) {
    const kind = name.split(' ')[0] ?? name;
    const before = kinds.get(kind) ?? { cpuSeconds: 0, memoryMiB: 0, idleShare: undefined };
    const idleShare = idleShares.get(name);
    kinds.set(kind, {
      cpuSeconds: before.cpuSeconds + cpuSeconds,
      memoryMiB: before.memoryMiB + proportionalMiB,
      idleShare: idleShare === undefined ? before.idleShare : (before.idleShare ?? 0) + idleShare,
    });
  }
  return kinds;
}

function printTable(lines: ReadonlyArray<ReadonlyArray<string>>): void {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines)
    process.stdout.write(`${line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`);
}
