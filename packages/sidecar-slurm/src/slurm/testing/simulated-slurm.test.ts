import { expect, test } from 'vitest';
import { isUncertain, troubleOf } from '../slurm-error.ts';
import { ManualClock } from './manual-clock.ts';
import { anIdentity, anOrder } from './orders.ts';
import { SimulatedSlurm } from './simulated-slurm.ts';

function simulated() {
  const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
  return { clock, slurm: new SimulatedSlurm(clock) };
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('SimulatedSlurm has a job pend, run, end, and forgets it after MinJobAge', async () => {
  const { clock, slurm } = simulated();
  slurm.hasAccounting = true;
  const { jobId } = await slurm.submit(anOrder());
  expect(await slurm.jobs()).toMatchObject([
    { id: jobId, state: 'PENDING', identity: anIdentity, startTime: undefined },
  ]);
  slurm.controller.start(jobId);
  expect(await slurm.jobs()).toMatchObject([{ state: 'RUNNING', nodes: 'c1', startTime: new Date(clock.now()) }]);
  await clock.advance(5_000);
  slurm.controller.end(jobId, 'COMPLETED', { exitCode: 0, signal: 0 });
  expect(await slurm.jobs()).toMatchObject([{ state: 'COMPLETED', endTime: new Date(clock.now()) }]);
  await clock.advance(300_000);
  expect(await slurm.jobs()).toEqual([]);
  expect(await slurm.accounting({ ids: [jobId] })).toMatchObject([{ id: jobId, state: 'COMPLETED' }]);
});

test('SimulatedSlurm.cancel() signals as scancel does', async () => {
  const { clock, slurm } = simulated();
  const pending = await slurm.submit(anOrder());
  const plain = await slurm.submit(anOrder());
  const killed = await slurm.submit(anOrder());
  for (const { jobId } of [plain, killed]) slurm.controller.start(jobId);
  const everyId = [pending.jobId, plain.jobId, killed.jobId];
  await slurm.cancel([...everyId, '99'], 'term');
  const states = async () => (await slurm.jobs()).map(({ state }) => state);
  expect(await states()).toEqual(['PENDING', 'RUNNING', 'RUNNING']);
  await slurm.cancel([killed.jobId], 'kill');
  await slurm.cancel([pending.jobId, plain.jobId], 'plain');
  expect(await states()).toEqual(['CANCELLED', 'RUNNING', 'FAILED']);
  await clock.advance(30_000);
  expect(await states()).toEqual(['CANCELLED', 'CANCELLED', 'FAILED']);
  expect(slurm.controller.job(plain.jobId).signals).toEqual(['TERM', 'TERM', 'KILL']);
});

test('SimulatedSlurm.failNext() loses an order, or its answer, and nobody knows which', async () => {
  const { slurm } = simulated();
  slurm.failNext('submit', 'order lost');
  slurm.failNext('submit', 'answer lost');
  expect(isUncertain(await failureOf(slurm.submit(anOrder())))).toBe(true);
  expect(slurm.controller.ofPod(anIdentity.uid)).toHaveLength(0);
  expect(isUncertain(await failureOf(slurm.submit(anOrder())))).toBe(true);
  expect(slurm.controller.ofPod(anIdentity.uid)).toHaveLength(1);
  slurm.standing = 'busy';
  expect(troubleOf(await failureOf(slurm.submit(anOrder())))).toBe('busy');
  slurm.standing = 'away';
  expect(troubleOf(await failureOf(slurm.jobs()))).toBe('away');
  slurm.standing = undefined;
  slurm.refusal = 'invalid partition "gpu"';
  expect(troubleOf(await failureOf(slurm.submit(anOrder())))).toBe('refused');
});

test('SimulatedController.forgetNewest() gives the id out again', async () => {
  const { slurm } = simulated();
  const lost = await slurm.submit(anOrder());
  slurm.controller.forgetNewest();
  expect(await slurm.jobs()).toEqual([]);
  const other = { ...anIdentity, uid: '22222222-2222-4222-8222-222222222222' };
  expect(await slurm.submit(anOrder({ identity: other }))).toEqual(lost);
  expect(await slurm.jobs()).toMatchObject([{ identity: other }]);
});

test('SimulatedController.requeue() has the job wait again', async () => {
  const { slurm } = simulated();
  const { jobId } = await slurm.submit(anOrder());
  slurm.controller.start(jobId);
  slurm.controller.requeue(jobId);
  expect(await slurm.jobs()).toMatchObject([{ state: 'PENDING', reason: 'BeginTime', restarts: 1, nodes: '' }]);
});

test('SimulatedSlurm is as slow as it is told to be', async () => {
  const { clock, slurm } = simulated();
  slurm.latencyMs = 1_000;
  let answered = false;
  const answer = slurm.jobs().then(() => {
    answered = true;
  });
  await clock.advance(999);
  expect(answered).toBe(false);
  await clock.advance(1);
  await answer;
  expect(answered).toBe(true);
});
