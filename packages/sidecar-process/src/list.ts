import { readdir } from 'node:fs/promises';
import type { OwnedReport } from '@interlink/sidecar-sdk';
import { isPodFolderName } from './folder/pod-folder.ts';
import { toReport } from './report.ts';
import type { Supervisor } from './supervise/supervisor.ts';

/** Every pod that has a folder, looked after once on the way: whatever was missed is made up for. */
export async function listPods(podsFolder: string, supervisor: Supervisor): Promise<OwnedReport[]> {
  const uids = (await readdir(podsFolder)).filter(isPodFolderName);
  const found = await Promise.all(uids.map((uid) => supervisor.settle(uid)));
  return found.flatMap((facts) => (facts === undefined ? [] : [{ owner: facts.owner, report: toReport(facts) }]));
}
