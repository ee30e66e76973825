import { dirname } from 'node:path';
import { isEndState } from '../slurm/job-state.ts';
import type { PodJob } from '../slurm/slurm-job.ts';

/** A pod's folder is there before its job, and for longer: a job is looked at so often without one before it is ended. */
const looks = 3;

/**
 * Finds jobs whose pods are gone: what was submitted by this account from a folder below this root, which is not there any more. Jobs of
 * other roots are another sidecar's.
 */
export class Orphans {
  readonly #root: string;
  readonly #seen = new Map<string, number>();

  constructor(root: string) {
    this.#root = root;
  }

  /** @returns ids of jobs to end. @param hasPod whether there is a pod of this UID */
  find(jobs: Iterable<PodJob>, hasPod: (uid: string) => boolean): string[] {
    const here = [...jobs].filter(
      ({ state, workingDirectory, identity }) =>
        !hasPod(identity.uid) && !isEndState(state) && dirname(workingDirectory ?? '') === this.#root,
    );
    const counts = new Map(here.map(({ id }) => [id, (this.#seen.get(id) ?? 0) + 1]));
    this.#seen.clear();
    for (const [id, count] of counts) this.#seen.set(id, count);
    return [...counts].filter(([, count]) => count >= looks).map(([id]) => id);
  }
}
