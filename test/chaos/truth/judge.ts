import { readFile } from 'node:fs/promises';
import type { LoadedPod } from '../load/run-load.ts';
import type { PodLife } from '../plan/pod-life.ts';
import type { ChaosSite } from '../site/chaos-site.ts';
import { concerning, type Interruption } from './interruptions.ts';
import { breachesOf } from './invariants.ts';
import { type ContainerName, readLedger } from './ledger.ts';
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
  return loaded.flatMap(({ uid, life }) => {
    const ofPod = recorder.sightings.filter((seen) => seen.uid === uid);
    return containersOf(life).flatMap(({ container, life: itsLife }) =>
      breachesOf({
        uid,
        life: itsLife,
        sightings: ofPod.filter((seen) => seen.container === container),
        ledger: entries.filter((entry) => entry.uid === uid && entry.container === container),
        interruptions: concerning(ofPod, interruptions),
        creates: created.filter((line) => line.includes(uid)).length,
      }),
    );
  });
}

/** Each container with the life that is due to it, in a pod whose end is due to both. */
function containersOf(life: PodLife): Array<{ container: ContainerName; life: PodLife }> {
  const { name, exitCode, helper } = life;
  if (helper === undefined) return [{ container: 'main', life }];
  const ofHelper = { ...life, ...helper, name: `${name}/helper`, helper: { ...helper, exitCode } };
  return [
    { container: 'main', life },
    { container: 'helper', life: ofHelper },
  ];
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
