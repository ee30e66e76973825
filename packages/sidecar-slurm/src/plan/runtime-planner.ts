import type { PodRequest } from '@interlink/sidecar-sdk';
import type { PodFileContent } from '../create.ts';
import type { Submission } from '../request/submission.ts';
import type { RuntimePlan } from '../script/job-plan.ts';
import type { SlurmSite } from '../site/slurm-site.ts';

/** What runs a pod's containers, and the files that it needs. */
export interface PlannedRuntime {
  readonly runtime: RuntimePlan;
  readonly files: ReadonlyArray<PodFileContent>;
}

/** Decides on what the site's container runtime is told of a pod. */
export class RuntimePlanner {
  readonly #site: SlurmSite;

  constructor(site: SlurmSite) {
    this.#site = site;
  }

  async plan(_request: PodRequest, _submission: Submission): Promise<PlannedRuntime> {
    if (this.#site.runtime.name === 'none') return { runtime: { driver: 'none' }, files: [] };
    throw new Error('not made yet');
  }
}
