import type { PodJob } from '../slurm-job.ts';
import { parseJobs } from './jobs.ts';

/** Reads squeue's list again and again: a line that is as it was the last time is the same job, and not read anew. */
export class JobLines {
  #known: ReadonlyMap<string, PodJob | undefined> = new Map();

  /** As {@link parseJobs}. */
  parse(text: string): PodJob[] {
    const jobs = new Map<string, PodJob | undefined>();
    for (const line of text.split('\n')) {
      jobs.set(line, this.#known.has(line) ? this.#known.get(line) : parseJobs(apart(line))[0]);
    }
    this.#known = jobs;
    return [...jobs.values()].filter((job) => job !== undefined);
  }
}

/** V8 keeps a whole text for as long as any part of it is known; a job that does not change is known for long. */
function apart(text: string): string {
  return Buffer.from(text).toString();
}
