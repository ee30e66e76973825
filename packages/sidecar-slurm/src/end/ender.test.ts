import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createLogger } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { PodBook } from '../pods/pod-book.ts';
import { PodEntry } from '../pods/pod-entry.ts';
import type { CancelMode } from '../slurm/slurm-api.ts';
import type { PodJob } from '../slurm/slurm-job.ts';
import { ManualClock } from '../slurm/testing/manual-clock.ts';
import { ScratchFolder } from '../slurm/testing/scratch-folder.ts';
import { owner, podWith } from '../testing/pods.ts';
import { CancelBatches } from './cancel-batches.ts';
import { EndedPods } from './ended-pods.ts';
import { Ender } from './ender.ts';

/** A pod with a job, and what ends it. */
async function scene(scratch: ScratchFolder) {
  const clock = new ManualClock();
  const logger = createLogger('slurm-test', 'silent');
  const pod = podWith();
  const folder = new PodFolder(scratch.path, pod.metadata);
  await mkdir(folder.path);
  const entry = new PodEntry(folder, { owner, pod, acceptedAt: '2027-01-01T00:00:00Z', order: {} as never });
  entry.submission = { number: 1, jobId: '7', at: '2027-01-01T00:00:00Z' };
  const book = new PodBook(scratch.path, () => clock.now(), logger);
  book.add(entry);
  const cancelled: CancelMode[] = [];
  const read: string[] = [];
  const ender = new Ender({
    ...{ book, clock, logger, ended: new EndedPods(scratch.path, 0) },
    cancels: new CancelBatches({ cancel: async (_ids, mode) => void cancelled.push(mode) }, clock),
    drop: () => undefined,
    isBusy: () => false,
    lookUp: async () => undefined,
    hand: async () => void read.push(/kill_at=(\S+)/.exec(readFileSync(folder.file('stop'), 'utf8'))?.[1] ?? ''),
    look: () => undefined,
  });
  return { clock, entry, ender, cancelled, read };
}

const jobIn = (state: PodJob['state']) =>
  ({ kind: 'seen', job: { id: '7', state, nodes: 'c1', restarts: 0 } as PodJob }) as const;

test('Ender signals a job after the order with less time is there for it to read, whatever happens meanwhile', async () => {
  using scratch = new ScratchFolder();
  const { clock, entry, ender, read } = await scene(scratch);
  entry.sight = jobIn('RUNNING');
  await ender.order(entry, 60);
  await clock.advance(30);
  const shortened = ender.order(entry, 5);
  ender.step(entry);
  await shortened;
  await clock.advance(30);
  expect(read).toEqual(['60.000', '5.030']);
});

test('Ender cancels a job that has ended and waits all the same, says Slurm: nobody of it could hear a signal', async () => {
  using scratch = new ScratchFolder();
  const { clock, entry, ender, cancelled } = await scene(scratch);
  entry.sight = jobIn('PENDING');
  const finishedAt = '2027-01-01T00:00:10Z';
  entry.record = { jobId: '7', restarts: 0, phase: 'ended', finishedAt, containers: new Map() };
  await ender.order(entry, 60);
  await clock.advance(30);
  expect(cancelled).toEqual(['plain']);
});
