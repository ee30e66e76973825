import type { Clock, Logger } from '@interlink/sidecar-sdk';
import type { Ender } from './end/ender.ts';
import type { Spool } from './folder/spool.ts';
import type { JobWatch } from './jobs/job-watch.ts';
import { sleepBy } from './jobs/sleep-by.ts';
import type { PodBook } from './pods/pod-book.ts';
import { Slots } from './slurm/pace/slots.ts';

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
  const slots = new Slots(readsAtOnce);
  let isAway = false;
  while (!signal.aborted) {
    try {
      for (const uid of await spool.take()) due.add(uid);
      const looks = [...due].map(async (uid) => {
        await slots.run(async () => await refresh(uid, options));
        due.delete(uid);
      });
      const failure = (await Promise.allSettled(looks)).find(({ status }) => status === 'rejected');
      if (failure?.status === 'rejected') throw failure.reason;
      isAway = false;
    } catch (error) {
      if (!isAway) logger.warn({ err: error }, 'cannot read what jobs have to say: trying again');
      isAway = true;
    }
    await sleepBy(clock, intervalMs, signal);
  }
}

async function refresh(uid: string, { book, ender, watch, clock }: WatchOptions): Promise<void> {
  await book.refresh(uid);
  const entry = book.get(uid);
  if (entry === undefined) return;
  // What has ended by its own account has to be agreed to by Slurm before it can go, or be told where squeue has shown it as waiting.
  const hasEnded = entry.record?.phase === 'ended';
  if (hasEnded && (entry.deletion !== undefined || entry.stage(clock.now()).kind === 'queued')) watch.soon();
  if (entry.deletion !== undefined) ender.step(entry);
}
