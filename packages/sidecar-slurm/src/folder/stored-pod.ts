import { basename } from 'node:path';
import { type Owner, type Pod, readRegularFile, writeWhole } from '@interlink/sidecar-sdk';
import type { PlannedPull } from '../pull/plan-pulls.ts';
import type { SlurmJob } from '../slurm/slurm-job.ts';
import type { SubmitOrder } from '../slurm/submit-order.ts';
import type { PodFolder } from './pod-folder.ts';

/** `request.json`: what was asked for, by whom and when (RFC 3339); neither files of volumes nor environments, which can hold secrets. */
export interface StoredPod {
  readonly owner: Owner;
  readonly pod: Pod;
  readonly acceptedAt: string;
  /** What sbatch is called with, but for the number of the try. */
  readonly order: Omit<SubmitOrder, 'scriptArguments'>;
  /** What the sidecar pulls before there is a job; none: nothing, jobs pull by themselves. */
  readonly pulls?: ReadonlyArray<PlannedPull>;
  /** Its first sbatch may be called as soon as this is there, with nothing more written before. */
  readonly isOrdered?: boolean;
}

/**
 * `submission.json`. Written before sbatch is called, unless `request.json` says that it may have been, and with the job's id after it. A
 * folder in which the id is missing was left by a process that died between the two, or by an sbatch that never answered: whether there is
 * a job, Slurm must say.
 */
export interface Submission {
  /** Counts the jobs that this pod has had, from 1; the one whose number stands in `claim` is the one that runs. */
  readonly number: number;
  readonly jobId?: string;
  /** RFC 3339. */
  readonly at: string;
  /** A job before it, which has not begun and never will: Slurm has lost it, and may show it for a while. */
  readonly lost?: string;
  /** How many such jobs there were. */
  readonly losses?: number;
  /** That a job has ended of which its script has said nothing. It is told, and holds whatever Slurm forgets later. */
  readonly ended?: {
    /** RFC 3339: when it was seen. */
    readonly at: string;
    /** How; undefined when Slurm did not know it any more. */
    readonly job?: JobEnd;
    /** Set when the pod was given up, since Slurm lost so many of its jobs. */
    readonly losses?: number;
  };
}

/** What is to be known of a job that is over. */
export type JobEnd = Pick<SlurmJob, 'state' | 'exit' | 'startTime' | 'endTime' | 'timeLimitMinutes' | 'cancelledBy'>;

/** More than a pod can be: Kubernetes keeps none of 2 MB. */
const maxBytes = 16 * 1024 * 1024;

/** @throws Error when the record is another pod's: its folder says whose it is */
export async function readStored(folder: PodFolder): Promise<StoredPod | undefined> {
  const stored = await readJson<StoredPod>(folder.file('request.json'));
  if (stored === undefined) return undefined;
  const { uid, namespace } = stored.pod.metadata;
  if (basename(folder.path) === `${namespace}-${uid}`) return stored;
  throw new Error(`request.json is of pod ${JSON.stringify(`${namespace}-${uid}`)}`);
}

export async function readSubmission(
  folder: PodFolder,
  { isOrdered, acceptedAt }: StoredPod,
): Promise<Submission | undefined> {
  const first: Submission | undefined = isOrdered === true ? { number: 1, at: acceptedAt } : undefined;
  const submission = (await readJson<Submission>(folder.file('submission.json'))) ?? first;
  const { ended } = submission ?? {};
  if (submission === undefined || ended?.job === undefined) return submission;
  return { ...submission, ended: { ...ended, job: withTimes(ended.job) } };
}

export async function writeSubmission(folder: PodFolder, submission: Submission): Promise<void> {
  await writeWhole(folder.file('submission.json'), JSON.stringify(submission));
}

function withTimes(ended: JobEnd): JobEnd {
  const toTime = (time: Date | string | undefined) => (time === undefined ? undefined : new Date(time));
  return { ...ended, startTime: toTime(ended.startTime), endTime: toTime(ended.endTime) };
}

/** The content of a file that this package wrote itself. */
async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readRegularFile(path, maxBytes);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
