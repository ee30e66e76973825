import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { notMineCode } from '../folder/claim.ts';
import { PodFolder } from '../folder/pod-folder.ts';
import { PodBook } from '../pods/pod-book.ts';
import { PodEntry } from '../pods/pod-entry.ts';
import type { SubmitOrder } from '../slurm/submit-order.ts';
import { ManualClock } from '../slurm/testing/manual-clock.ts';
import { ScratchFolder } from '../slurm/testing/scratch-folder.ts';
import { SimulatedSlurm } from '../slurm/testing/simulated-slurm.ts';
import { owner, podRequest, RunningBackend, uidOf } from '../testing/running-backend.ts';
import { LostJobs } from './lost-jobs.ts';

const statusOf = (running: RunningBackend) => running.reports.get(uidOf(1))?.status;
const mainOf = (running: RunningBackend) => statusOf(running)?.containerStatuses[0]?.state;
const jobsOf = (running: RunningBackend) => running.slurm.controller.ofPod(uidOf(1));
const numbersOf = (running: RunningBackend) => jobsOf(running).map(({ order }) => order.scriptArguments[0]);

/** What the script of a job does that finds another number in the claim: now, and in older releases. */
const endings = [
  { state: 'FAILED', exitCode: notMineCode },
  { state: 'COMPLETED', exitCode: 0 },
] as const;

async function known(running: RunningBackend): Promise<string> {
  await running.until('a job', () => statusOf(running)?.jobID !== undefined);
  return statusOf(running)?.jobID ?? '';
}

/** The order of each sbatch, as it is called. */
function listen(running: RunningBackend, onOrder: (orders: SubmitOrder[]) => void): SubmitOrder[] {
  const orders: SubmitOrder[] = [];
  const submit = running.slurm.submit.bind(running.slurm);
  running.slurm.submit = async (order) => {
    orders.push(order);
    onOrder(orders);
    return await submit(order);
  };
  return orders;
}

describe.for(endings)('a job that ends as $state $exitCode and has not begun its pod is no success:', (ending) => {
  const leave = (running: RunningBackend, id: string) => {
    running.slurm.controller.start(id);
    running.slurm.controller.end(id, ending.state, { exitCode: ending.exitCode, signal: 0 });
  };

  test('Slurm takes it after it was looked up, and the sidecar is killed before the next sbatch', async () => {
    await using running = await RunningBackend.start();
    const orders = listen(running, () => undefined);
    running.slurm.failNext('submit', 'order lost');
    running.slurm.failNext('jobs', 'away');
    await running.create(1);
    await running.kill();
    await writeFile(running.folder().file('claim'), '2\n');
    for (const order of orders) running.slurm.controller.accept(order);
    await running.restart();
    leave(running, await known(running));
    await running.until('made again', () => jobsOf(running).length === 2);
    expect(numbersOf(running)).toEqual(['1', '2']);
    expect(mainOf(running)?.terminated).toBeUndefined();
    expect(running.events.map(({ message }) => message)).toContain(
      'Job 1 has ended without having begun the pod: the pod gets a new job',
    );
  });

  test('Slurm takes it after it was looked up, and the sbatch after it has no answer', async () => {
    await using running = await RunningBackend.start();
    const { controller } = running.slurm;
    let late: SubmitOrder | undefined;
    listen(running, (orders) => {
      if (orders.length === 2) late = orders[0];
    });
    const jobs = running.slurm.jobs.bind(running.slurm);
    running.slurm.jobs = async () => {
      // After sbatch 2, and before the next look.
      if (late !== undefined) controller.accept(late);
      late = undefined;
      return await jobs();
    };
    for (const _ of [1, 2]) running.slurm.failNext('submit', 'order lost');
    await running.create(1);
    leave(running, await known(running));
    await running.until('made again', () => jobsOf(running).length === 2);
    expect(numbersOf(running)).toEqual(['1', '3']);
    expect(await readFile(running.folder().file('claim'), 'utf8')).toBe('3\n');
  });

  test('Slurm has taken both, and the other one runs', async () => {
    await using running = await RunningBackend.start();
    const { controller } = running.slurm;
    listen(running, ([first, ...others]) => {
      if (others.length === 1 && first !== undefined) controller.accept(first);
    });
    running.slurm.failNext('submit', 'order lost');
    running.slurm.failNext('submit', 'answer lost');
    await running.create(1);
    const first = await known(running);
    leave(running, first);
    await running.until('the other', () => ![undefined, first].includes(statusOf(running)?.jobID));
    expect(numbersOf(running)).toEqual(['1', '2']);
    expect(mainOf(running)?.terminated).toBeUndefined();
  });

  test('and found no room for its claim', async () => {
    await using running = await RunningBackend.start();
    await running.create(1);
    const id = await known(running);
    await writeFile(running.folder().file('claim'), '');
    leave(running, id);
    await running.until('made again', () => jobsOf(running).length === 2);
    expect(await readFile(running.folder().file('claim'), 'utf8')).toBe('2\n');
  });

  test('and has left a claim and nothing else: what became of it, nobody knows', async () => {
    await using running = await RunningBackend.start();
    await running.create(1);
    const id = await known(running);
    await writeFile(running.folder().file('claim'), '1\n');
    await writeFile(running.folder().file('runner'), '');
    leave(running, id);
    await running.until('over', () => mainOf(running)?.terminated !== undefined);
    expect(mainOf(running)?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
    const before = running.reports.get(uidOf(1));
    await running.restart();
    await running.pass(60_000);
    expect(running.reports.get(uidOf(1))).toEqual(before);
    expect(jobsOf(running)).toHaveLength(1);
  });

  test('unless what it wrote was seen late', async () => {
    await using running = await RunningBackend.start();
    await running.create(1);
    const id = await known(running);
    leave(running, id);
    await running.pass(5_000);
    const main = { state: 'terminated', attempt: 0, exit_code: ending.exitCode };
    await running.jobWrites(1, { job_id: id, phase: 'ended' }, { main });
    await running.until('over', () => mainOf(running)?.terminated !== undefined);
    await running.pass(60_000);
    expect(mainOf(running)?.terminated?.exitCode).toBe(ending.exitCode);
    expect(jobsOf(running)).toHaveLength(1);
  });

  test('and squeue has forgotten it by the time that it is asked', async () => {
    await using running = await RunningBackend.start();
    running.slurm.hasAccounting = true;
    await running.create(1);
    const id = await known(running);
    await running.kill();
    leave(running, id);
    await running.pass(700_000);
    await running.restart();
    await running.until('made again', () => jobsOf(running).length === 1);
    expect(numbersOf(running)).toEqual(['2']);
  });

  test('and so was the one before it: neither is taken for the next', async () => {
    await using running = await RunningBackend.start();
    await running.create(1);
    await writeFile(running.folder().file('claim'), '');
    for (const count of [2, 3, 4]) {
      leave(running, await known(running));
      await running.until('made again', () => jobsOf(running).length === count);
      expect(running.events.filter(({ reason }) => reason === 'JobLost')).toHaveLength(count - 1);
      await running.until('known', () => statusOf(running)?.jobID === String(count));
    }
    expect(numbersOf(running)).toEqual(['1', '2', '3', '4']);
  });
});

test('a pod that can’t be given another job, since its folder can’t be written, keeps no other from its own', async () => {
  using scratch = new ScratchFolder();
  const clock = new ManualClock();
  const logger = createLogger('slurm-test', 'silent');
  const book = new PodBook(scratch.path, () => clock.now(), logger);
  const entries = [1, 2].map((number) => {
    const { pod } = podRequest(number);
    const stored = { owner, pod, acceptedAt: '2027-01-01T00:00:00Z', order: {} as never };
    const entry = new PodEntry(new PodFolder(scratch.path, pod.metadata), stored);
    entry.submission = { number: 1, jobId: String(number), at: stored.acceptedAt };
    book.add(entry);
    return entry;
  });
  const path = new PodFolder(scratch.path, podRequest(1).pod.metadata).file('submission.json');
  await mkdir(join(path, 'below'), { recursive: true });
  const [lost, troubled]: [string[], string[]] = [[], []];
  const lostJobs = new LostJobs({
    ...{ slurm: new SimulatedSlurm(clock), book, clock, logger },
    onLost: ({ uid }) => void lost.push(uid),
  });
  await lostJobs.judgeVanished(entries, ({ uid }) => void troubled.push(uid));
  expect({ lost, troubled }).toEqual({ lost: [uidOf(2)], troubled: [uidOf(1)] });
});
