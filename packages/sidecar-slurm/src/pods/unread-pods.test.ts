import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { owner, podRequest, RunningBackend, uidOf } from '../testing/running-backend.ts';

const reference = { owner, ...podRequest(1).pod.metadata };
const statusOf = (running: RunningBackend, number = 1) => running.reports.get(uidOf(number))?.status;
const jobsOf = (running: RunningBackend) => running.slurm.controller.ofPod(uidOf(1));

async function runningPods(): Promise<{ running: RunningBackend; jobId: string }> {
  const running = await RunningBackend.start();
  await running.create(1, 2);
  const jobId = statusOf(running)?.jobID ?? '';
  running.slurm.controller.start(jobId);
  await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
  await running.until('running', () => statusOf(running)?.containerStatuses[0]?.state.running !== undefined);
  return { running, jobId };
}

/** Begins anew while the file can't be read. @returns what makes it whole again */
async function restartWithout(running: RunningBackend, name: 'request.json' | 'submission.json') {
  const path = running.folder().file(name);
  const text = await readFile(path, 'utf8');
  await running.kill();
  await writeFile(path, '{');
  running.reports.clear();
  await running.restart();
  return async () => await writeFile(path, text);
}

describe('a pod of whose folder a file can’t be read when the sidecar begins', () => {
  test.each(['request.json', 'submission.json'] as const)(
    'keeps its job, and is taken up when it can: %s',
    async (name) => {
      const { running, jobId } = await runningPods();
      await using _running = running;
      const mend = await restartWithout(running, name);
      await running.pass(1_000);
      for (let second = 0; second < 120; second += 1) await running.pass(1_000);
      expect(running.slurm.controller.job(jobId).signals).toEqual([]);
      expect(statusOf(running, 2)?.jobID).toBeDefined();
      await mend();
      await running.until('read', () => statusOf(running)?.containerStatuses[0]?.state.running !== undefined);
      expect(statusOf(running)?.jobID).toBe(jobId);
      running.slurm.controller.end(jobId, 'TIMEOUT', { exitCode: 0, signal: 15 });
      await running.until('ended', () => statusOf(running)?.phase === 'Failed');
    },
  );

  test('is told as one that is there and of which nothing is known, where its request can be read', async () => {
    const { running } = await runningPods();
    await using _running = running;
    await restartWithout(running, 'submission.json');
    expect(statusOf(running)?.containerStatuses).toMatchObject([
      { name: 'main', state: { waiting: { reason: 'ContainerStatusUnknown' } } },
    ]);
  });

  test('is waited for by the start when nothing can be told of it', async () => {
    const { running, jobId } = await runningPods();
    await using _running = running;
    const path = running.folder().file('request.json');
    const text = await readFile(path, 'utf8');
    await running.kill();
    await writeFile(path, '{');
    running.reports.clear();
    const { clock } = running;
    clock.setTimer(1_500, () => void writeFile(path, text));
    await running.restart();
    expect(statusOf(running)?.jobID).toBe(jobId);
  });

  test('is neither made anew nor taken for deleted', async () => {
    const { running } = await runningPods();
    await using _running = running;
    const mend = await restartWithout(running, 'submission.json');
    const unavailable = { code: 'unavailable', message: expect.stringContaining(running.folder().path) };
    await expect(running.backend.create(podRequest(1), owner)).rejects.toMatchObject(unavailable);
    await expect(running.backend.delete(reference, 30)).rejects.toMatchObject(unavailable);
    await expect(running.backend.rendering(reference)).rejects.toMatchObject(unavailable);
    const { signal } = new AbortController();
    await expect(running.backend.logs(reference, 'main', {}, signal)).rejects.toMatchObject(unavailable);
    const command = { command: ['true'], stdin: false, stdout: true, stderr: true, tty: false };
    await expect(running.backend.exec(reference, 'main', command, signal)).rejects.toMatchObject(unavailable);
    expect(jobsOf(running)).toHaveLength(1);
    await mend();
    await running.until('read', () => statusOf(running)?.jobID !== undefined);
    await running.backend.delete(reference, 0);
    await running.until('gone', () => !running.reports.has(uidOf(1)));
  });

  test('is there for whoever asks for it, though nobody can tell whose it is', async () => {
    const { running } = await runningPods();
    await using _running = running;
    await restartWithout(running, 'request.json');
    const unavailable = { code: 'unavailable', message: expect.stringContaining(running.folder().path) };
    await expect(running.backend.adopt(podRequest(1), owner)).rejects.toMatchObject(unavailable);
    await expect(running.backend.deleteUnreported(reference)).rejects.toMatchObject(unavailable);
    expect(await running.backend.adopt(podRequest(3), owner)).toBe(undefined);
    await running.backend.deleteUnreported({ owner, uid: uidOf(3) });
    // This one could be read, and is another's to others.
    expect(await running.backend.adopt(podRequest(2), owner)).toMatchObject({ uid: uidOf(2) });
    expect(await running.backend.adopt(podRequest(2), { ...owner, node: 'other' })).toBe(undefined);
    const second = { owner, uid: uidOf(2) };
    await expect(running.backend.deleteUnreported(second)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is gone when its folder is, and its job is ended', async () => {
    const { running, jobId } = await runningPods();
    await using _running = running;
    await restartWithout(running, 'submission.json');
    await rm(running.folder().path, { recursive: true });
    await running.until('ended', () => running.slurm.controller.job(jobId).signals.length > 0);
    expect(running.reports.has(uidOf(1))).toBe(false);
  });
});

describe('a pod whose folder is there already when it is made', () => {
  test('is what it was', async () => {
    const { running, jobId } = await runningPods();
    await using _running = running;
    const path = running.folder().file('request.json');
    const text = await readFile(path, 'utf8');
    await running.kill();
    await rm(path);
    await running.restart();
    await writeFile(path, text);
    await running.create(1);
    expect(statusOf(running)?.jobID).toBe(jobId);
    expect(jobsOf(running)).toHaveLength(1);
  });

  test('waits while the folder tells nothing', async () => {
    await using running = await RunningBackend.start();
    await mkdir(running.folder().path);
    await writeFile(running.folder().file('claim'), '1\n');
    await expect(running.backend.create(podRequest(1), owner)).rejects.toMatchObject({ code: 'unavailable' });
    expect(running.slurm.calls).not.toContain('submit');
  });
});
