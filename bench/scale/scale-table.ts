import { percentile } from '../report.ts';
import type { ScaleResult } from './scale-load.ts';
import type { SystemName } from './system.ts';

export interface Row {
  readonly round: number;
  readonly name: SystemName;
  readonly result: ScaleResult;
}

const head = ['round', 'pods', 'system', 'pods/s', 'Running p50', 'p99', 'exit p99', 'deletes/s', 'idle', 'MiB'];

/** Prints a row for each measurement, then what each process took of the CPU for one pod. */
export function printScale(rows: ReadonlyArray<Row>): void {
  printTable([head, ...rows.map(toCells)]);
  const processes = [...new Set(rows.flatMap(({ result }) => [...result.usage.keys()]))];
  process.stdout.write('\nCPU per pod, created to gone, ms\n');
  printTable([
    ['round', 'pods', 'system', ...processes],
    ...rows.map(({ round, name, result }) => [
      String(round),
      String(result.podCount),
      name,
      ...processes.map((one) => millisecondsPerPod(result, one)),
    ]),
  ]);
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
    `${(result.idleShare * 100).toFixed(1)} %`,
    result.residentMiB.toFixed(0),
  ];
}

function millisecondsPerPod({ usage, podCount }: ScaleResult, name: string): string {
  const used = usage.get(name);
  return used === undefined ? '' : ((used.cpuSeconds * 1_000) / podCount).toFixed(2);
}

function printTable(lines: ReadonlyArray<ReadonlyArray<string>>): void {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines)
    process.stdout.write(`${line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`);
}
