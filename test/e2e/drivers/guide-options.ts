import { offers, slurmHost, type TestbedData } from '../../testbed/index.ts';
import type { GuideOptions } from './guide.ts';
import { lacks } from './testbed-parts.ts';

/** Whether this machine can't walk through the pages of docs/guides; what it lacks is told at the end of the run. */
export function cannotWalk(testbed: TestbedData): boolean {
  return testbed.controlPlane === undefined || !offers(testbed, 'slurmHost') || lacks(testbed, 'guides');
}

/** @param page without `.md` @throws Error on a machine that can't: see {@link cannotWalk} */
export async function guideOptions(testbed: TestbedData, page: string): Promise<GuideOptions> {
  const { controlPlane } = testbed;
  if (controlPlane === undefined) throw new Error('Cannot run: this testbed is not complete');
  return { document: `docs/guides/${page}.md`, controlPlane, slurm: await slurmHost(testbed) };
}
