import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anOrder } from './slurm/testing/orders.ts';
import { owner, podRequest, RunningBackend, uidOf } from './testing/running-backend.ts';

const reference = (number: number) => ({ owner, ...podRequest(number).pod.metadata });
const jobsOf = (running: RunningBackend, number = 1) => running.slurm.controller.ofPod(uidOf(number));
const ended = (jobId: string, exitCode = 0) =>
  [
    { job_id: jobId, phase: 'ended', finished_at: '2027-01-01T00:00:10.000Z' },
    { main: { state: 'terminated', attempt: 0, exit_code: exitCode, started_at: '2027-01-01T00:00:01.000Z' } },
  ] as const;

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function submitted(running: RunningBackend, number = 1): Promise<string> {
  await running.create(number);
  await running.until('submitted', () => running.reports.get(uidOf(number))?.status.jobID !== undefined);
  return running.reports.get(uidOf(number))?.status.jobID ?? '';
}

describe('a pod', () => {
  test('waits with Slurm’s reason, runs as its job says, and ends with its exit code', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
    await running.until('queued', () => main()?.state.waiting?.message?.includes('Priority') === true);
    expect(main()?.state.waiting?.reason).toBe('SlurmPending');
    running.slurm.controller.start(jobId);
    await running.jobWrites(
      1,
      { job_id: jobId, phase: 'running', ip: '10.0.0.1' },
      {
        main: { state: 'running', attempt: 0, started_at: '2027-01-01T00:00:01.000Z', ready: 'true', started: 'true' },
      },
    );
    await running.until('running', () => main()?.ready === true);
    expect(running.reports.get(uidOf(1))?.status.podIP).toBe('10.0.0.1');
    await running.jobWrites(1, ...ended(jobId, 3));
    await running.until('ended', () => main()?.state.terminated !== undefined);
    expect(main()?.state.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  test('shows how it was submitted, and its script, for as long as it is there', async () => {
    await using running = await RunningBackend.start();
    await submitted(running);
    const { parts, warnings } = await running.backend.rendering(reference(1));
    expect(parts.map(({ name }) => name)).toEqual(['sbatch', 'job.sh']);
    expect(parts[0]?.body).toEqual({
      arguments: expect.arrayContaining(['--job-name=p1', running.folder().file('job.sh'), '1']),
    });
    expect(parts[1]?.body).toBe('');
    expect(warnings).toEqual([]);
    const script = ["mount_sub_path=('a", "mount' 'hush')", "mount_target=('/a' '/b')"].join('\n');
    await writeFile(running.folder().file('job.sh'), script);
    const masked = await running.backend.rendering(reference(1));
    expect(masked.parts[1]?.body).toBe("mount_sub_path=(…)\nmount_target=('/a' '/b')");
    await expect(running.backend.rendering(reference(2))).rejects.toMatchObject({ code: 'not_found' });
    await rm(running.folder().file('job.sh'));
    await expect(running.backend.rendering(reference(1))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that is cancelled in the queue says so at once, in its state and by one event', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    const state = () => running.reports.get(uidOf(1))?.status.containerStatuses[0]?.state;
    await running.until('queued', () => state()?.waiting?.reason === 'SlurmPending');
    running.slurm.controller.cancel(jobId, 'plain');
    await running.until('told', () => state()?.waiting?.reason !== 'SlurmPending');
    expect(state()?.terminated?.reason).toBe('Cancelled');
    await running.pass(60_000);
    const told = running.events.filter(({ reason }) => reason === 'JobCancelled');
    expect(told).toMatchObject([{ type: 'Warning', message: `Job ${jobId} was cancelled in Slurm` }]);
  });

  test('that was cancelled while nobody looked says by whom, which only accounting knows, and goes on saying so', async () => {
    await using running = await RunningBackend.start();
    running.slurm.hasAccounting = true;
    const { controller } = running.slurm;
    const jobId = await submitted(running);
    await running.kill();
    controller.change(jobId, { cancelledBy: '1000' });
    controller.cancel(jobId, 'plain');
    await running.pass(700_000);
    expect(controller.jobs).toEqual([]);
    await running.restart();
    const status = () => running.reports.get(uidOf(1))?.status;
    await running.until('told', () => status()?.phase === 'Failed');
    const told = { reason: 'Cancelled', message: 'The job was cancelled in Slurm, by user 1000' };
    expect(status()).toMatchObject(told);
    const before = running.reports.get(uidOf(1));
    controller.accounting.clear();
    await running.restart();
    await running.pass(60_000);
    expect(running.reports.get(uidOf(1))).toEqual(before);
  });

  test('that has ended is one line in the log, also when the sidecar is begun anew', async () => {
    await using running = await RunningBackend.start();
    const first = await submitted(running);
    running.slurm.controller.cancel(first, 'plain');
    const second = await submitted(running, 2);
    running.slurm.controller.start(second);
    await running.jobWrites(2, ...ended(second, 0));
    running.slurm.controller.end(second, 'COMPLETED', { exitCode: 0, signal: 0 });
    const lines = () => running.logged.filter(({ said }) => said === 'job ended');
    await running.until('told', () => lines().length === 2);
    await running.restart();
    await running.pass(60_000);
    const byPod = lines().toSorted((one, other) => String(one.pod).localeCompare(String(other.pod)));
    expect(byPod).toEqual([
      { pod: 'ns/p1', podUid: uidOf(1), node: 'slurm', jobId: first, state: 'CANCELLED', said: 'job ended' },
      { pod: 'ns/p2', podUid: uidOf(2), node: 'slurm', jobId: second, state: 'COMPLETED', said: 'job ended' },
    ]);
  });

  test('whose pod is deleted is no cancellation to tell of', async () => {
    await using running = await RunningBackend.start();
    await submitted(running);
    await running.backend.delete(reference(1), 30);
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(running.events.map(({ reason }) => reason)).not.toContain('JobCancelled');
  });

  test('that Slurm ends says why', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    running.slurm.controller.start(jobId);
    await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    running.slurm.controller.end(jobId, 'TIMEOUT', { exitCode: 0, signal: 15 });
    const status = () => running.reports.get(uidOf(1))?.status;
    await running.until('ended', () => status()?.phase === 'Failed');
    expect(status()).toMatchObject({
      reason: 'DeadlineExceeded',
      containerStatuses: [{ state: { terminated: { exitCode: 143, reason: 'DeadlineExceeded' } } }],
    });
  });

  test('whose refusal by sbatch passes is submitted later, and has said why it waited', async () => {
    await using running = await RunningBackend.start();
    running.slurm.refusal = 'invalid partition "gpu"';
    await running.create(1);
    const waiting = () => running.reports.get(uidOf(1))?.status.containerStatuses[0]?.state.waiting;
    await running.until('refused', () => waiting()?.message?.includes('invalid partition') === true);
    expect(waiting()?.reason).toBe('SlurmRefused');
    expect(running.events).toEqual([expect.objectContaining({ type: 'Warning', reason: 'FailedSubmit' })]);
    running.slurm.refusal = undefined;
    await running.until('submitted', () => jobsOf(running).length > 0);
  });

  test('that cannot be submitted for a reason that is not Slurm’s says so', async () => {
    await using running = await RunningBackend.start();
    running.slurm.submit = async () => await Promise.reject(new Error('no space left on device'));
    await running.create(1);
    const waiting = () => running.reports.get(uidOf(1))?.status.containerStatuses[0]?.state.waiting;
    await running.until('refused', () => waiting()?.reason === 'SlurmSubmitFailed');
    expect(waiting()?.message).toContain('no space left on device');
  });
});

describe('one pod is one job', () => {
  test.each(['answer lost', 'order lost'] as const)('when sbatch’s %s', async (fault) => {
    await using running = await RunningBackend.start();
    running.slurm.failNext('submit', fault);
    await submitted(running);
    expect(jobsOf(running)).toHaveLength(1);
  });

  test('when the order is lost three times', async () => {
    await using running = await RunningBackend.start();
    for (const fault of ['order lost', 'order lost', 'order lost'] as const) running.slurm.failNext('submit', fault);
    await submitted(running);
    expect(jobsOf(running)).toHaveLength(1);
  });

  test.each(['answer lost', 'order lost'] as const)('when the sidecar is killed while sbatch’s %s', async (fault) => {
    await using running = await RunningBackend.start();
    running.slurm.failNext('submit', fault);
    running.slurm.failNext('jobs', 'away');
    await running.create(1);
    await running.until('tried', () => running.slurm.calls.includes('submit'));
    await running.restart();
    await running.until('submitted', () => running.reports.get(uidOf(1))?.status.jobID !== undefined);
    expect(jobsOf(running)).toHaveLength(1);
  });

  test('when Slurm forgets it before it begins, and gives its id to another', async () => {
    await using running = await RunningBackend.start();
    const first = await submitted(running);
    running.slurm.controller.forgetNewest();
    expect(await submitted(running, 2)).toBe(first);
    await running.until('made again', () => jobsOf(running, 1).length === 1);
    expect(jobsOf(running, 1)[0]?.order.scriptArguments).toEqual(['2']);
    expect(jobsOf(running, 2)).toHaveLength(1);
  });

  test('when Slurm forgets each before it begins: it fails after ten, for good', async () => {
    await using running = await RunningBackend.start();
    await submitted(running);
    const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
    const isOver = () => main()?.state.terminated !== undefined;
    for (let lost = 0; lost < 20 && !isOver(); lost += 1) {
      running.slurm.controller.forgetNewest();
      await running.until('made again, or given up', () => jobsOf(running).length === 1 || isOver());
      if (lost === 4) await running.restart();
    }
    const message = 'Slurm has forgotten 10 jobs of the pod before they began, the last one job 1: it gets no other';
    expect(main()?.state.terminated).toMatchObject({ exitCode: 137, reason: 'JobLost', message });
    const before = running.reports.get(uidOf(1));
    expect(before?.status).toMatchObject({ phase: 'Failed', reason: 'JobLost', message });
    expect(running.slurm.calls.filter((call) => call === 'submit')).toHaveLength(10);
    expect(running.events.filter(({ reason }) => reason === 'JobLost')).toHaveLength(10);
    expect(running.events.at(-1)).toMatchObject({ type: 'Warning', reason: 'JobLost', message });
    // The last of them, should its node begin it after all.
    expect(await readFile(running.folder().file('claim'), 'utf8')).toBe('11\n');
    await running.restart();
    await running.pass(60_000);
    expect(running.reports.get(uidOf(1))).toEqual(before);
    expect(running.slurm.calls.filter((call) => call === 'submit')).toHaveLength(10);
  });

  test('when its node does not take it, since Slurm gave its id to another: it gets a new one', async () => {
    await using running = await RunningBackend.start();
    const first = await submitted(running);
    running.slurm.controller.refuseDuplicate(first);
    const current = () => running.reports.get(uidOf(1))?.status.jobID;
    await running.until('made again', () => current() !== undefined && current() !== first);
    expect(jobsOf(running).map(({ job }) => job.state)).toEqual(['CANCELLED', 'PENDING']);
    expect(jobsOf(running)[1]?.order.scriptArguments).toEqual(['2']);
    expect(running.events.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
      `JobLost: Node c1 has not run job ${first}: it had another one with this id, which Slurm has forgotten: the pod gets a new job`,
    );
    await running.restart();
    await running.pass(20_000);
    expect(jobsOf(running)).toHaveLength(2);
  });

  test('when its node does not take it, and squeue’s answer from before it got a new one comes after that', async () => {
    await using running = await RunningBackend.start();
    const { slurm, reports } = running;
    const first = await submitted(running);
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { submit, jobs } = { submit: slurm.submit.bind(slurm), jobs: slurm.jobs.bind(slurm) };
    let isBeingMade = false;
    slurm.submit = async (order) => {
      isBeingMade = true;
      await asked.promise;
      isBeingMade = false;
      return await submit(order);
    };
    slurm.jobs = async () => {
      const shown = await jobs();
      if (!isBeingMade) return shown;
      asked.resolve();
      await answered.promise;
      return shown;
    };
    slurm.controller.refuseDuplicate(first);
    const current = () => reports.get(uidOf(1))?.status.jobID;
    await running.until('made again', () => current() !== undefined && current() !== first);
    answered.resolve();
    await running.pass(10_000);
    expect(jobsOf(running).map(({ order }) => order.scriptArguments)).toEqual([['1'], ['2']]);
    expect(running.events.filter(({ reason }) => reason === 'JobLost')).toHaveLength(1);
  });

  test.for([
    { what: 'somebody cancels it before it begins', reason: undefined, fault: undefined },
    { what: 'somebody drains its node', reason: 'a new disk', fault: undefined },
    { what: 'its node is hidden from this account', reason: 'Duplicate jobid', fault: 'refused' },
  ] as const)('when $what: not again', async ({ reason, fault }) => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    if (reason !== undefined) running.slurm.controller.drained.set('c1', reason);
    for (let asked = 0; fault !== undefined && asked < 9; asked++) running.slurm.failNext('nodeReasons', fault);
    running.slurm.controller.start(jobId);
    running.slurm.controller.end(jobId, 'CANCELLED', { exitCode: 0, signal: 0 });
    const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
    await running.until('cancelled', () => main()?.state.terminated?.reason === 'Cancelled');
    expect(jobsOf(running)).toHaveLength(1);
    const { length } = running.slurm.calls.filter((call) => call === 'nodeReasons');
    await running.pass(60_000);
    expect(running.slurm.calls.filter((call) => call === 'nodeReasons')).toHaveLength(length);
  });

  test('when its node does not take it, and is drained a moment after that', async () => {
    await using running = await RunningBackend.start();
    const { controller } = running.slurm;
    const first = await submitted(running);
    controller.start(first);
    controller.end(first, 'CANCELLED', { exitCode: 0, signal: 0 });
    await running.until('asked', () => running.slurm.calls.includes('nodeReasons'));
    controller.drained.set('c1', 'Duplicate jobid');
    await running.until('made again', () => jobsOf(running).length === 2);
  });

  test.for([
    { what: 'its node does not take it, and the operator has resumed that already', state: 'CANCELLED', exitCode: 0 },
    { what: 'its node has just ended the one that had its id before', state: 'FAILED', exitCode: 1 },
    { what: 'the one that had its id before ends in its place', state: 'COMPLETED', exitCode: 0 },
  ] as const)('when $what', async ({ state, exitCode }) => {
    await using running = await RunningBackend.start();
    const { controller } = running.slurm;
    const id = await submitted(running);
    controller.start(id);
    await running.jobWrites(1, { job_id: id, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    controller.forgetNewest();
    expect(await submitted(running, 2)).toBe(id);
    controller.start(id);
    controller.end(id, state, { exitCode, signal: 0 });
    await running.until('made again', () => jobsOf(running, 2).length === 2);
    expect(jobsOf(running, 1)).toHaveLength(0);
  });

  test('when Slurm forgets it before it begins, gives its id to another, and that ends in its place', async () => {
    await using running = await RunningBackend.start();
    const { controller } = running.slurm;
    const id = await submitted(running);
    controller.forgetNewest();
    await running.until('made again', () => jobsOf(running).length === 1 && controller.jobs.length === 1);
    controller.forgetNewest();
    expect(await submitted(running, 2)).toBe(id);
    controller.start(id);
    controller.end(id, 'COMPLETED', { exitCode: 0, signal: 0 });
    await running.until('made again', () => jobsOf(running, 2).length === 2);
  });

  test('when Slurm forgets it after it has begun, and before it has said so: it is not begun again', async () => {
    await using running = await RunningBackend.start();
    const id = await submitted(running);
    await writeFile(running.folder().file('claim'), '1\n');
    await writeFile(running.folder().file('runner'), `${id}\n`);
    running.slurm.controller.forgetNewest();
    const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
    await running.until('lost', () => main()?.state.terminated !== undefined);
    expect(main()?.state.terminated?.reason).toBe('ContainerStatusUnknown');
    const before = running.reports.get(uidOf(1));
    await running.restart();
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await running.pass(5_000);
      expect(running.reports.get(uidOf(1))).toEqual(before);
    }
    expect(jobsOf(running)).toHaveLength(0);
  });

  test('when the order is lost, and its job begins before another is made: that is its job', async () => {
    await using running = await RunningBackend.start();
    running.slurm.failNext('submit', 'order lost');
    running.slurm.standing = 'away';
    await running.create(1);
    await running.kill();
    await writeFile(running.folder().file('claim'), '1\n');
    await writeFile(running.folder().file('runner'), '77\n');
    running.slurm.standing = undefined;
    await running.restart();
    await running.until('known', () => running.reports.get(uidOf(1))?.status.jobID === '77');
    expect(jobsOf(running)).toHaveLength(0);
  });

  test('when it has begun, and has not said so before somebody cancelled it: it is not begun again', async () => {
    await using running = await RunningBackend.start();
    const { controller } = running.slurm;
    const id = await submitted(running);
    await writeFile(running.folder().file('claim'), '1\n');
    controller.start(id);
    controller.drained.set('c1', 'Duplicate jobid');
    controller.end(id, 'CANCELLED', { exitCode: 0, signal: 15 });
    const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
    await running.until('cancelled', () => main()?.state.terminated?.reason === 'Cancelled');
    expect(jobsOf(running)).toHaveLength(1);
  });

  test.for([{ isPurged: false }, { isPurged: true }])(
    'when somebody has cancelled it, and the sidecar is begun again (purged: $isPurged): it is not',
    async ({ isPurged }) => {
      await using running = await RunningBackend.start();
      const { controller } = running.slurm;
      const id = await submitted(running);
      controller.cancel(id, 'plain');
      const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
      await running.until('cancelled', () => main()?.state.terminated?.reason === 'Cancelled');
      await running.pass(isPurged ? 700_000 : 20_000);
      expect(controller.jobs).toHaveLength(isPurged ? 0 : 1);
      const before = running.reports.get(uidOf(1));
      running.reports.clear();
      await running.restart();
      controller.drained.set('c1', 'Duplicate jobid');
      await running.pass(60_000);
      expect(running.reports.get(uidOf(1))).toEqual(before);
      expect(controller.jobs).toHaveLength(isPurged ? 0 : 1);
    },
  );

  test('when its node does not take it while Slurm is away: it waits for the answer', async () => {
    await using running = await RunningBackend.start();
    const first = await submitted(running);
    for (const fault of ['away', 'away', 'away'] as const) running.slurm.failNext('nodeReasons', fault);
    running.slurm.controller.refuseDuplicate(first);
    await running.until('made again', () => jobsOf(running).length === 2);
    expect(running.slurm.calls.filter((call) => call === 'nodeReasons')).toHaveLength(4);
  });

  test('when Slurm forgets it while it runs: it is not begun again', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    running.slurm.controller.start(jobId);
    await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    running.slurm.controller.forgetNewest();
    const main = () => running.reports.get(uidOf(1))?.status.containerStatuses[0];
    await running.until('lost', () => main()?.state.terminated !== undefined);
    expect(main()?.state.terminated?.reason).toBe('ContainerStatusUnknown');
    expect(jobsOf(running)).toEqual([]);
  });

  test('when Slurm forgets many while they run: sacct is asked once for all', async () => {
    await using running = await RunningBackend.start();
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const number of numbers) {
      const job_id = await submitted(running, number);
      running.slurm.controller.start(job_id);
      await running.jobWrites(number, { job_id, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    }
    for (const _ of numbers) running.slurm.controller.forgetNewest();
    const states = () => [...running.reports.values()].map(({ status }) => status.containerStatuses[0]?.state);
    await running.until('lost', () => states().every((state) => state?.terminated !== undefined));
    expect(running.slurm.calls.filter((call) => call === 'accounting')).toHaveLength(1);
  });

  test('when the sidecar is killed right after it has given the pod to the next one', async () => {
    await using running = await RunningBackend.start();
    running.slurm.failNext('submit', 'order lost');
    running.slurm.standing = 'away';
    await running.create(1);
    await running.kill();
    await writeFile(running.folder().file('claim'), '2\n');
    running.slurm.standing = undefined;
    await running.restart();
    await running.until('submitted', () => running.reports.get(uidOf(1))?.status.jobID !== undefined);
    expect(jobsOf(running).map(({ order }) => order.scriptArguments)).toEqual([['2']]);
  });

  test('of a hundred, with the sidecar killed in the middle', async () => {
    await using running = await RunningBackend.start();
    running.slurm.latencyMs = 20;
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    const made = running.create(...numbers);
    await running.until('half', () => running.slurm.controller.jobs.length >= 50);
    await running.restart();
    await made;
    await running.until('all', () => numbers.every((number) => running.reports.get(uidOf(number))?.status.jobID));
    expect(running.slurm.controller.jobs).toHaveLength(100);
  });
});

describe('a deletion', () => {
  test('of a pod that waits cancels its job, and its folder goes when Slurm agrees', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    const { path } = running.folder();
    await running.backend.delete(reference(1), 30);
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(running.slurm.controller.job(jobId).job.state).toBe('CANCELLED');
    await running.until('removed', async () => !(await isThere(path)));
  });

  test('that is asked for again while the pod goes leaves nothing', async () => {
    await using running = await RunningBackend.start();
    await submitted(running);
    const { path } = running.folder();
    // It takes a while to remove.
    const files = Array.from({ length: 1_000 }, (_, index) => join(path, String(index)));
    await Promise.all(files.map(async (file) => await writeFile(file, '')));
    let last = running.backend.delete(reference(1), 30);
    const asked = [last];
    const ask = () => {
      last = running.backend.delete(reference(1), 0);
      asked.push(last);
    };
    // The next is asked for when the last is written: the disk has its pauses.
    const asking = setInterval(() => void last.then(ask), 5);
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    clearInterval(asking);
    await Promise.all(asked);
    expect(await isThere(path)).toBe(false);
  });

  test('of a pod that runs signals it, waits for its time, and kills it', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    running.slurm.controller.start(jobId);
    await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    await running.until(
      'running',
      () => running.reports.get(uidOf(1))?.status.containerStatuses[0]?.state.running !== undefined,
    );
    const job = running.slurm.controller.job(jobId);
    await running.backend.delete(reference(1), 60);
    await running.until('signalled', () => job.signals.length > 0);
    await running.restart();
    await running.pass(40_000);
    expect(job.signals).not.toContain('KILL');
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(job.signals.at(-1)).toBe('KILL');
    expect(running.clock.now() - Date.parse('2027-01-01T00:01:00Z')).toBeLessThan(60_000);
  });

  test('that is asked for again with less time is signalled at once, and killed when that is over', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    running.slurm.controller.start(jobId);
    await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    await running.until(
      'running',
      () => running.reports.get(uidOf(1))?.status.containerStatuses[0]?.state.running !== undefined,
    );
    const { signals } = running.slurm.controller.job(jobId);
    await running.backend.delete(reference(1), 60);
    await running.until('signalled', () => signals.length > 0);
    await running.backend.delete(reference(1), 1);
    await running.pass(1_000);
    expect(signals).toEqual(['TERM', 'TERM']);
    await running.pass(4_000);
    expect(signals).toEqual(['TERM', 'TERM', 'KILL']);
  });

  test('of eighty takes a handful of calls', async () => {
    await using running = await RunningBackend.start();
    const numbers = Array.from({ length: 80 }, (_, index) => index + 1);
    await running.create(...numbers);
    await running.until('all', () => running.slurm.controller.jobs.length === 80);
    await running.until('seen', () => numbers.every((number) => running.reports.get(uidOf(number))?.status.queue));
    await Promise.all(numbers.map(async (number) => await running.backend.delete(reference(number), 30)));
    await running.until('gone', () => running.reports.size === 0);
    expect(running.slurm.calls.filter((call) => call === 'cancel').length).toBeLessThan(12);
  });

  test('of a job whose script is gone without Slurm’s knowledge ends the job as a whole', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    running.slurm.controller.start(jobId);
    await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
    const cancel = running.slurm.cancel.bind(running.slurm);
    running.slurm.cancel = async (ids, mode) => await (mode === 'plain' ? cancel(ids, mode) : undefined);
    await running.backend.delete(reference(1), 1);
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(running.slurm.controller.job(jobId).job.state).toBe('CANCELLED');
  });

  test('while Slurm is away is done when it is back', async () => {
    await using running = await RunningBackend.start();
    const jobId = await submitted(running);
    running.slurm.standing = 'away';
    await running.backend.delete(reference(1), 0);
    await running.pass(120_000);
    expect(running.reports.has(uidOf(1))).toBe(true);
    running.slurm.standing = undefined;
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(running.slurm.controller.job(jobId).job.state).toBe('CANCELLED');
  });

  test('of a pod without a job that can’t be written down is an error, and is done all the same', async () => {
    await using running = await RunningBackend.start();
    running.slurm.standing = 'away';
    await running.create(1);
    await mkdir(join(running.folder().file('stop'), 'below'), { recursive: true });
    await expect(running.backend.delete(reference(1), 30)).rejects.toThrow(/EISDIR|ENOTEMPTY/);
    running.slurm.standing = undefined;
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(await isThere(running.folder().path)).toBe(false);
    expect(jobsOf(running)).toEqual([]);
  });

  test('of a pod that waits for its sbatch keeps it from being submitted, however long the order takes to be written', async () => {
    await using running = await RunningBackend.start();
    running.slurm.standing = 'away';
    await running.create(1);
    const submits = () => running.slurm.calls.filter((call) => call === 'submit').length;
    const before = submits();
    running.slurm.standing = undefined;
    const deleting = running.backend.delete(reference(1), 30);
    await running.clock.advance(60_000);
    await deleting;
    await running.until('gone', () => !running.reports.has(uidOf(1)));
    expect(submits()).toBe(before);
  });

  test('of a pod that nobody knows is a success', async () => {
    await using running = await RunningBackend.start();
    await running.backend.delete(reference(7), 30);
    expect(running.slurm.calls).not.toContain('cancel');
  });
});

test('a job whose pod’s folder is gone is ended, and another sidecar’s is not', async () => {
  await using running = await RunningBackend.start();
  const jobId = await submitted(running);
  const others = running.slurm.controller.accept(anOrder({ workingDirectory: '/elsewhere/ns-1' }));
  await rm(running.folder().path, { recursive: true });
  await running.restart();
  await running.until('ended', () => running.slurm.controller.job(jobId).job.state === 'CANCELLED');
  expect(running.slurm.controller.job(others).job.state).toBe('PENDING');
});
