import { readFile } from 'node:fs/promises';
import type { LoadedPod } from '../load/run-load.ts';
import type { ChaosSite } from '../site/chaos-site.ts';
import type { Interruption } from './interruptions.ts';
import { breachesOf } from './invariants.ts';
import { readLedger } from './ledger.ts';
import type { Breach } from './outcome.ts';
import type { WatchRecorder } from './watch-recorder.ts';

export interface Evidence {
  readonly loaded: ReadonlyArray<LoadedPod>;
  readonly site: ChaosSite;
  readonly recorder: WatchRecorder;
  /** Path of the file of what commands have noted. */
  readonly ledger: string;
  readonly interruptions: ReadonlyArray<Interruption>;
}

/** What the run has broken so far of what is promised about its pods. */
export async function judge({ loaded, site, recorder, ledger, interruptions }: Evidence): Promise<Breach[]> {
  const [entries, mockLog] = await Promise.all([readLedger(ledger), logOf(site)]);
  const created = mockLog.split('\n').filter((line) => line.includes('"msg":"pod created"'));
  return loaded.flatMap(({ uid, life }) =>
    breachesOf({
      uid,
      life,
      sightings: recorder.sightings.filter((sighting) => sighting.uid === uid),
      ledger: entries.filter((entry) => entry.uid === uid),
      interruptions,
      creates: created.filter((line) => line.includes(uid)).length,
    }),
  );
}

/** The same when all pods have been deleted, as far as it is new: that they are gone now is no breach. */
export async function judgeDeletion(evidence: Evidence, before: ReadonlyArray<Breach>): Promise<Breach[]> {
  const known = new Set(before.map(({ detail }) => detail));
  const breaches = await judge(evidence);
  return breaches.filter(
    ({ invariant, detail }) => invariant !== 'lost' && invariant !== 'stuck' && !known.has(detail),
  );
}

async function logOf({ members: { mock } }: ChaosSite): Promise<string> {
  return (await Promise.all(mock.map(({ part }) => readFile(part.logFile, 'utf8')))).join('');
}
