import type { Capabilities, Clock, Logger } from '@interlink/sidecar-sdk';
import { CancelBatches } from './end/cancel-batches.ts';
import { EndedPods } from './end/ended-pods.ts';
import { Ender } from './end/ender.ts';
import { Orphans } from './end/orphans.ts';
import { rootsIn } from './folder/pod-folder.ts';
import { Spool } from './folder/spool.ts';
import { JobTable } from './jobs/job-table.ts';
import { JobWatch } from './jobs/job-watch.ts';
import { LostJobs } from './jobs/lost-jobs.ts';
import { PollPace } from './jobs/poll-pace.ts';
import type { PodPlanner } from './plan/pod-planner.ts';
import { PodBook } from './pods/pod-book.ts';
import { ImagePuller } from './pull/image-puller.ts';
import type { PullImage } from './pull/pull-image.ts';
import { PodLinks } from './remote/pod-links.ts';
import type { SlurmApi } from './slurm/slurm-api.ts';
import { Submitter } from './submit/submitter.ts';

export interface SlurmBackendOptions {
  readonly slurm: SlurmApi;
  /** Absolute. */
  readonly root: string;
  /** Whether compute nodes see it; undefined: jobs find out. */
  readonly isShared: boolean | undefined;
  readonly pollIntervalMs: number;
  /** How long what is left of a pod is kept when the pod is gone. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly planner: Pick<PodPlanner, 'plan'>;
  /** Of pods whose images are there before they get a job. */
  readonly pull: PullImage;
  capabilities(): Promise<Capabilities>;
  /** Slurm's commands that were run. */
  requestsMade(): number;
}

/** What takes a pod through its life, stage by stage: each tells the next of what it has done. */
export interface BackendParts {
  readonly book: PodBook;
  readonly spool: Spool;
  readonly puller: ImagePuller;
  readonly submitter: Submitter;
  readonly watch: JobWatch;
  readonly ender: Ender;
  readonly links: PodLinks;
  readonly ended: EndedPods;
}

/** Makes them, none at work yet. */
export function assembleParts(options: SlurmBackendOptions): BackendParts {
  const { slurm, root, clock, logger } = options;
  const now = () => clock.now();
  const book = new PodBook(root, now, logger);
  const ended = new EndedPods(rootsIn(root).ended, options.retentionMs);
  const table = new JobTable(slurm, clock);
  const links = new PodLinks({
    ...{ slurm, book, clock, logger, spoolFolder: rootsIn(root).spool, isShared: options.isShared },
  });
  const submitter: Submitter = new Submitter({
    ...{ slurm, jobs: table, book, clock, logger },
    onDone: (entry) => {
      if (entry.deletion !== undefined) ender.step(entry);
      // While more are to come, squeue keeps its pace: what begins says so by itself.
      if (!submitter.hasMore) watch.soon();
    },
  });
  const puller = new ImagePuller({
    ...{ pull: options.pull, book, clock, logger },
    onDone: (entry) => {
      if (entry.deletion === undefined) submitter.add(entry.uid);
      else ender.step(entry);
    },
  });
  const ender: Ender = new Ender({
    ...{ book, cancels: new CancelBatches(slurm, clock), ended, clock, logger },
    drop: (uid) => {
      puller.drop(uid);
      submitter.drop(uid);
    },
    isBusy: (uid) => puller.isPulling(uid) || submitter.isSubmitting(uid),
    lookUp: async ({ uid, submission }) => await table.lookUp(uid, submission?.lost),
    hand: async (entry) => await links.update(entry),
    look: () => watch.soon(),
  });
  const watch: JobWatch = new JobWatch({
    ...{ table, slurm, book, clock, logger },
    ...{ pace: new PollPace(options.pollIntervalMs), orphans: new Orphans(root) },
    onJobs: (entry, jobs) => links.see(entry, jobs),
    lost: new LostJobs({
      ...{ slurm, book, clock, logger },
      onLost: ({ uid }) => submitter.add(uid),
    }),
    onSeen: (entry) => ender.step(entry),
  });
  return { book, spool: new Spool(rootsIn(root).spool), puller, submitter, watch, ender, links, ended };
}
