import type { Engine } from '../engine/engine.ts';
import type { PodReader } from '../status/pod-reader.ts';
import type { Eviction } from '../volumes/eviction-note.ts';
import { forbidRestart } from './forbid-restart.ts';
import { containersOf } from './pod-deletion.ts';
import { evicted } from './pod-events.ts';
import type { PodObserver } from './pod-observer.ts';
import type { PodWorks } from './pod-works.ts';
import { unlessGone } from './unless-gone.ts';

/** The kubelet's for pods that it evicts at once (`immediateEvictionGracePeriodSeconds`). */
const graceSeconds = 1;

export interface EvictionContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly works: PodWorks;
  readonly observer: PodObserver;
}

/** Ends a pod's containers for good; the pod itself stays, failed, until its owner deletes it. Repeated it does what is left. */
export async function evictPod(
  uid: string,
  eviction: Eviction,
  { engine, reader, works, observer }: EvictionContext,
): Promise<void> {
  const work = works.get(uid);
  if (work.signal.aborted) return;
  if (work.eviction === undefined) observer.tell(uid, undefined, evicted(eviction.message));
  work.eviction = eviction;
  const snapshot = await reader.readPod(uid);
  if (snapshot === undefined) return;
  const left = containersOf(snapshot).filter(({ mayRestart, status }) => mayRestart || status === 'running');
  await Promise.all(
    left.map(async ({ id }) => {
      await forbidRestart(engine, id);
      await unlessGone(engine.stopContainer(id, graceSeconds));
    }),
  );
  observer.changed(uid);
}
