import { type InterLinkError, type OwnedReport, toUnreadReport } from '@interlink/sidecar-sdk';
import { readLink } from '../folder/link-record.ts';
import { readPulls } from '../folder/pending-pulls.ts';
import type { PodFolder } from '../folder/pod-folder.ts';
import { readDeletion } from '../folder/stop-order.ts';
import { readStored, readSubmission } from '../folder/stored-pod.ts';
import { PodEntry } from './pod-entry.ts';

/** All that a pod's folder tells. Undefined when there is no pod in it. @throws Error when part of it can't be read */
export async function readEntry(folder: PodFolder): Promise<PodEntry | undefined> {
  const stored = await readStored(folder);
  if (stored === undefined) return undefined;
  const entry = new PodEntry(folder, stored);
  entry.submission = await readSubmission(folder, stored);
  entry.deletion = await readDeletion(folder);
  entry.pulls = await readPulls(folder, stored);
  entry.link = await readLink(folder);
  await entry.load();
  const ended = entry.submission?.ended;
  entry.hadEnded = ended !== undefined || entry.record?.phase === 'ended';
  if (ended !== undefined) {
    entry.sight = { kind: 'gone', job: ended.job, sinceMs: Date.parse(ended.at), losses: ended.losses };
  }
  return entry;
}

/** What can be told of a pod whose folder can't be read as a whole: that it is there. Undefined when nobody can tell whose it is. */
export async function readUnread(folder: PodFolder, error: InterLinkError): Promise<OwnedReport | undefined> {
  try {
    const stored = await readStored(folder);
    return stored === undefined ? undefined : { owner: stored.owner, report: toUnreadReport(stored.pod, error) };
  } catch {
    return undefined;
  }
}
