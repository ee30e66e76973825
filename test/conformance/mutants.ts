import { type ConformanceReport, runConformance } from '@interlink/conformance';
import type { Misbehaviour } from '@interlink/sidecar-mock';
import { PATIENCE } from '../testbed/patience.ts';
import { startMock } from './mock-process.ts';

/** Long for a pod that is simulated; what a mutant never does is waited for so long. */
const patienceMs = 10_000 * PATIENCE;

/** What the suite says of a mock; of one that misbehaves, if a misbehaviour is given. */
export async function judge(misbehaviour?: Misbehaviour): Promise<ConformanceReport> {
  await using mock = await startMock(misbehaviour);
  const { url, token, restart } = mock;
  return await runConformance({ url, token, restart, patienceMs, parallel: 16 });
}

/** A line per check that failed, the name first. */
export function failuresOf({ results }: ConformanceReport): Array<{ name: string; seen: string }> {
  return results.flatMap(({ name, outcome, seen = '' }) => (outcome === 'failed' ? [{ name, seen }] : []));
}
