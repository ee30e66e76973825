import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { declared, writeWhole } from '@interlink/sidecar-sdk';
import { takeClaim } from '../folder/claim.ts';
import { isOfRun } from '../folder/job-record.ts';
import { formatKeyValues } from '../folder/key-values.ts';
import { writeLink } from '../folder/link-record.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { Hello } from './messages.ts';

/** `begun-before`: it was given to a run of this job that Slurm has forgotten, and does not run twice. */
export type Grant = 'granted' | 'refused' | 'begun-before';

/**
 * Whether the pod is this job's. A job by itself can't look into the pod's `claim`, so nothing of the pod is on its node before the claim
 * is the job's here, on disk; once it is, no job with another number ever gets the pod. From then on the pod has begun: the mark that its
 * script leaves elsewhere is made here, so that no other job is submitted, whatever becomes of this one.
 */
export async function grant(entry: PodEntry, hello: Hello): Promise<Grant> {
  const { number, jobId, restarts, isGiven, folder } = hello;
  if (!isGiven && entry.deletion !== undefined) return 'refused';
  if (!(await takeClaim(entry.folder, number))) return 'refused';
  if (!isGiven) {
    await entry.read();
    if (entry.record !== undefined && entry.record.jobId !== jobId) return 'refused';
    if (isGivenElsewhere(entry, hello)) return 'begun-before';
    await forgetUnknownAttempts(entry);
    const mark = { job_id: jobId, restart_count: restarts, phase: 'pulling' };
    await writeWhole(entry.folder.file('pod.state'), formatKeyValues(mark));
  }
  entry.link = { folder: join(folder, 'pod') };
  await writeLink(entry.folder, entry.link);
  return 'granted';
}

/** Each run has a folder of its own; one that was queued again has a higher count. */
function isGivenElsewhere({ link, record }: PodEntry, { jobId, restarts, folder }: Hello): boolean {
  return link !== undefined && link.folder !== join(folder, 'pod') && isOfRun(record, { id: jobId, restarts });
}

/**
 * Attempts of a run before, which ended with its node, that wrote more than they said: the run that begins now counts from what was said,
 * and makes folders of the same names.
 */
async function forgetUnknownAttempts(entry: PodEntry): Promise<void> {
  for (const { spec } of declared(entry.stored.pod)) {
    const known = entry.record?.containers.get(spec.name)?.attempt ?? -1;
    const folder = entry.folder.containerFolder(spec.name);
    const attempts = (await readdir(folder).catch(() => [])).filter((name) => /^\d{1,9}$/.test(name));
    for (const name of attempts) if (Number(name) > known) await rm(join(folder, name), { recursive: true });
  }
}
