import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { allFaults } from './faults/all-faults.ts';
import { endedBy } from './plan/fault-names.ts';
import type { Plan, PlannedFault } from './plan/plan.ts';
import type { ChaosSite } from './site/chaos-site.ts';
import type { Interruption } from './truth/interruptions.ts';

/** What is ended by a fault may go on to end for so long when it is over: Slurm finds out what it has forgotten. */
const afterS = 10;

/** Does all faults of the plan, each at its time; returns when all are over and mended. @returns when pods were ended by them */
export async function runFaults(site: ChaosSite, { faults }: Plan): Promise<Interruption[]> {
  const outcomes = await Promise.allSettled(faults.map(async (planned) => await runFault(site, planned)));
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

async function runFault(site: ChaosSite, planned: PlannedFault): Promise<Interruption[]> {
  await sleep(planned.atMs);
  const fromS = uptime();
  const mend = await allFaults[planned.name](site, planned);
  await sleep(planned.forMs);
  await mend();
  const ends = endedBy[planned.name];
  return ends === undefined ? [] : [{ fromS, toS: uptime() + afterS, ends }];
}
