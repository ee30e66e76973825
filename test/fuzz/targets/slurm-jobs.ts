import { isDeepStrictEqual } from 'node:util';
import { parseAccounting } from '../../../packages/sidecar-slurm/src/slurm/parse/accounting.ts';
import { JobLines } from '../../../packages/sidecar-slurm/src/slurm/parse/job-lines.ts';
import { parseJobs } from '../../../packages/sidecar-slurm/src/slurm/parse/jobs.ts';
import type { SlurmJob } from '../../../packages/sidecar-slurm/src/slurm/slurm-job.ts';
import { recorded } from '../corpus.ts';
import { hold, type Target, throwsNothing } from '../target.ts';

const testdata = 'packages/sidecar-slurm/src/slurm/testdata/*';

function holdsOf(jobs: ReadonlyArray<Omit<SlurmJob, 'identity'>>): void {
  for (const { id, exit, submitTime, startTime, estimatedStart, endTime, timeLimitMinutes } of jobs) {
    hold(/^\d+$/.test(id), 'a job’s id is a number');
    // Whoever writes it down as RFC 3339 would throw.
    for (const time of [submitTime, startTime, estimatedStart, endTime])
      hold(!Number.isNaN(time?.getTime()), 'a time is one');
    for (const value of [timeLimitMinutes, exit?.exitCode, exit?.signal]) hold(!Number.isNaN(value), 'a number is one');
  }
}

export const squeue: Target = {
  name: 'squeue',
  corpus: recorded(`${testdata}/squeue*.stdout`),
  read: (input) => {
    const text = input.toString();
    const jobs = parseJobs(text);
    holdsOf(jobs);
    const lines = new JobLines();
    hold(isDeepStrictEqual(lines.parse(text), lines.parse(text)), 'a list that is read again is the same');
  },
  mayThrow: throwsNothing,
};

export const sacct: Target = {
  name: 'sacct',
  corpus: recorded(`${testdata}/sacct*.stdout`),
  read: (input) => holdsOf(parseAccounting(input.toString())),
  mayThrow: throwsNothing,
};
