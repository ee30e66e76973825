import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { owner, podRequest, RunningBackend, uidOf } from './testing/running-backend.ts';

async function forwarded(running: RunningBackend) {
  await running.createPods(podRequest(1, { containers: [{ name: 'main', image: 'busybox' }] }));
  await running.until('submitted', () => running.reports.get(uidOf(1))?.status.jobID !== undefined);
  const jobId = running.reports.get(uidOf(1))?.status.jobID ?? '';
  running.slurm.controller.start(jobId);
  await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
  const pod = { owner, ...podRequest(1).pod.metadata };
  const connection = await running.backend.portForward(pod, 8080, new AbortController().signal);
  const [step] = running.slurm.steps;
  if (step === undefined) throw new Error('no step');
  return { connection, step };
}

test('portForward() breaks with what the step says, and does not end before it is known', async () => {
  await using running = await RunningBackend.start();
  const { connection, step } = await forwarded(running);
  const read = text(connection);
  step.stdout.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(connection.readableEnded).toBe(false);
  step.stderr.write('dial tcp localhost:8080: Connection refused\n');
  step.end(4);
  await expect(read).rejects.toThrow(
    /^Cannot reach port 8080 of pod ".*": dial tcp localhost:8080: Connection refused$/,
  );
});

test('portForward() ends as the pod ends, at once where it has said something', async () => {
  await using running = await RunningBackend.start();
  const { connection, step } = await forwarded(running);
  step.stdout.end('bye');
  expect(await text(connection)).toBe('bye');
});

test('portForward() ends when the step has ended without a word', async () => {
  await using running = await RunningBackend.start();
  const { connection, step } = await forwarded(running);
  const read = text(connection);
  step.end(0);
  expect(await read).toBe('');
});
