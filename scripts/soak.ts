import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allFaults } from '../test/e2e/faults/all-faults.ts';
import type { Fault } from '../test/e2e/faults/fault.ts';
import { FaultBed } from '../test/e2e/faults/fault-bed.ts';
import { startTestbed } from '../test/testbed/index.ts';
import { renderSoakTable, type SoakResult } from './soak-table.ts';

// Every fault of test/e2e/faults at its full length, several times in a row, on one control plane:
//   make soak RUNS=10 OUTAGE=300
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    /** Seconds that what goes away stays away. */
    outage: { type: 'string', default: '300' },
  },
});
const outageMs = Number(values.outage) * 1_000;
const results: SoakResult[] = [];

const testbed = await startTestbed();
try {
  if (testbed.controlPlane === undefined) throw new Error(`No control plane: ${JSON.stringify(testbed.missing)}`);
  for (let run = 1; run <= Number(values.runs); run += 1) {
    const directory = await mkdtemp(join(tmpdir(), 'interlink-soak-'));
    const bed = await FaultBed.open(directory, testbed.controlPlane);
    await Promise.all(allFaults.map(async (fault) => results.push(await endure(fault, bed, run))));
    await bed.close();
    await rm(directory, { recursive: true });
  }
} finally {
  await testbed.stop();
}
process.stdout.write(`\n${renderSoakTable(allFaults, results)}`);
process.exit(results.every(({ failure }) => failure === undefined) ? 0 : 1);

async function endure(fault: Fault, bed: FaultBed, run: number): Promise<SoakResult> {
  const { name } = fault;
  try {
    const measured = await fault.run({
      bed,
      docker: testbed.docker,
      outageMs,
      nameOf: (subject) => `soak-${run}-${subject}`,
    });
    process.stdout.write(`run ${run}  endured  ${name}  ${JSON.stringify(measured)}\n`);
    return { name, measured, failure: undefined };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    process.stdout.write(`run ${run}  FAILED   ${name}  ${failure}\n`);
    return { name, measured: {}, failure };
  }
}
