import type { PodJob } from '../slurm-job.ts';
import { parseJobs } from './jobs.ts';

/** Reads squeue's list again and again: a line that is as it was the last time is the same job, and not read anew. */
export class JobLines {
  #known: ReadonlyMap<string, PodJob | undefined> = new Map();
  #text = '';
  #jobs: ReadonlyArray<PodJob> = [];

  /** As {@link parseJobs}. For a list that is as it was as a whole, the same array. */
  parse(text: string): ReadonlyArray<PodJob> {
    if (text === this.#text) return this.#jobs;
    const jobs = new Map<string, PodJob | undefined>();
    for (const line of text.split('\n')) {
      jobs.set(line, this.#known.has(line) ? this.#known.get(line) : parseJobs(apart(line))[0]);
    }
    this.#known = jobs;
    this.#text = text;
    this.#jobs = [...jobs.values()].filter((job) => job !== undefined);
    return this.#jobs;
  }
}

/** V8 keeps a whole text for as long as any part of it is known; a job that does not change is known for long. */
function apart(text: string): string {
  return Buffer.from(text).toString();
}
