import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { allFaults } from './all-faults.ts';
import { FaultBed } from './fault-bed.ts';

const { controlPlane, docker } = inject('testbed');
/** `make soak` has five minutes. */
const outageMs = 60_000;

// Each has a node of its own, so that all can be endured at the same time.
describe.skipIf(controlPlane === undefined || docker === undefined)(
  'a fault',
  { concurrent: true, timeout: 600_000 },
  () => {
    let bed: FaultBed;
    let directory: string;
    beforeAll(async () => {
      if (controlPlane === undefined) return;
      directory = await mkdtemp(join(tmpdir(), 'interlink-faults-'));
      bed = await FaultBed.open(directory, controlPlane);
    });
    afterAll(async () => {
      await bed?.close();
      await rm(directory, { recursive: true, force: true });
    });

    test.for(allFaults)('$name: $expected', async (fault) => {
      await fault.run({ bed, docker, outageMs, nameOf: (subject) => `fault-${subject}` });
    });
  },
);
