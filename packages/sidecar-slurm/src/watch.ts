import type { Clock, Logger } from '@interlink/sidecar-sdk';
import type { Ender } from './end/ender.ts';
import type { Spool } from './folder/spool.ts';
import type { JobWatch } from './jobs/job-watch.ts';
import { sleepBy } from './jobs/sleep-by.ts';
import type { PodBook } from './pods/pod-book.ts';
import { Slots } from './slurm/pace/slots.ts';
import { isWaitingInSlurm } from './status/to-pod-report.ts';

/** One look at one folder, whatever the number of pods. */
const intervalMs = 500;
/** Pods whose files are read at once: on a file system of the network each file takes its time. */
const readsAtOnce = 16;

export interface WatchOptions {
  readonly book: PodBook;
  readonly spool: Spool;
  readonly ender: Ender;
  readonly watch: JobWatch;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Reads what jobs say of themselves, as they say it, until the signal aborts. */
export async function watchPods(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { spool, clock, logger } = options;
  const due = new Set<string>();
  const unreadable = new Set<string>();
  const slots = new Slots(readsAtOnce);
  let isAway = false;
  while (!signal.aborted) {
    try {
      for (const uid of await spool.take()) due.add(uid);
      isAway = false;
    } catch (error) {
      if (!isAway) logger.warn({ err: error }, 'cannot read what jobs have to say: trying again');
      isAway = true;
    }
    await Promise.all(
      [...due].map(async (uid) => {
        try {
          await slots.run(async () => await refresh(uid, options));
          due.delete(uid);
          unreadable.delete(uid);
        } catch (error) {
          // One pod's folder must not keep the others waiting.
          if (!unreadable.has(uid))
            logger.warn({ err: error, podUid: uid }, 'cannot read what a job has to say: trying again');
          unreadable.add(uid);
        }
      }),
    );
    await sleepBy(clock, intervalMs, signal);
  }
}

async function refresh(uid: string, { book, ender, watch, clock }: WatchOptions): Promise<void> {
  await book.refresh(uid);
  const entry = book.get(uid);
  if (entry === undefined) return;
  const { deletion, record } = entry;
  // What has ended by its own account has to be agreed to by Slurm before it can go, to be explained if it was asked to end, and to be told
  // where squeue has shown it as waiting.
  const needsSlurm =
    deletion !== undefined || record?.askedAt !== undefined || isWaitingInSlurm(entry.stage(clock.now()));
  if (record?.phase === 'ended' && needsSlurm) watch.soon();
  if (deletion !== undefined) ender.step(entry);
}
