import { setTimeout as sleep } from 'node:timers/promises';
import { allFaults } from './faults/all-faults.ts';
import type { Plan } from './plan/plan.ts';
import type { ChaosSite } from './site/chaos-site.ts';

/** Does all faults of the plan, each at its time; returns when all are over and mended. */
export async function runFaults(site: ChaosSite, { faults }: Plan): Promise<void> {
  const outcomes = await Promise.allSettled(
    faults.map(async (planned) => {
      await sleep(planned.atMs);
      const mend = await allFaults[planned.name](site, planned);
      await sleep(planned.forMs);
      await mend();
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
