import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FaultName } from '../plan/fault-names.ts';
import type { Breach } from '../truth/outcome.ts';

/** A line of the file of results. */
export interface SeedResult {
  readonly seed: number;
  readonly faults: ReadonlyArray<FaultName>;
  readonly pods: number;
  /** By what took them. */
  readonly seconds: Readonly<Record<string, number>>;
  /** None: it passed. */
  readonly breaches: ReadonlyArray<Breach>;
  /** Folder of what a seed that failed has left: plan, logs, what was seen. */
  readonly logs?: string;
}

/** What earlier runs have added; of a seed that was run again, the last counts. */
export async function readResults(path: string): Promise<SeedResult[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const results = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SeedResult);
  return [...new Map(results.map((result) => [result.seed, result])).values()].toSorted((a, b) => a.seed - b.seed);
}

export async function addResult(path: string, result: SeedResult): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(result)}\n`);
}
