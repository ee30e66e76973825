import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { RemoteCommand } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import type { ScriptedStep } from './slurm/testing/scripted-step.ts';
import { owner, podRequest, RunningBackend, uidOf } from './testing/running-backend.ts';

const time = '2027-01-01T00:00:00.000000000Z';
const options = { stdin: true, stdout: true, stderr: true, tty: false };

interface Attached {
  readonly running: RunningBackend;
  readonly command: RemoteCommand;
  readonly step: ScriptedStep;
  /** What begins the step's own lines on standard error. */
  readonly mark: string;
}

async function startPod(running: RunningBackend, container: object): Promise<void> {
  await running.createPods(podRequest(1, { containers: [{ name: 'main', image: 'busybox', ...container }] }));
  await running.until('submitted', () => running.reports.get(uidOf(1))?.status.jobID !== undefined);
  const jobId = running.reports.get(uidOf(1))?.status.jobID ?? '';
  running.slurm.controller.start(jobId);
  await running.jobWrites(1, { job_id: jobId, phase: 'running' }, { main: { state: 'running', attempt: 0 } });
}

async function attach(running: RunningBackend, signal = new AbortController().signal): Promise<RemoteCommand> {
  const pod = { owner, ...podRequest(1).pod.metadata };
  return await running.backend.attach(pod, 'main', options, signal);
}

async function attached(running: RunningBackend, container: object): Promise<Attached> {
  await startPod(running, { stdin: true, ...container });
  const command = await attach(running);
  const [step] = running.slurm.steps;
  if (step === undefined) throw new Error('no step');
  return { running, command, step, mark: step.argv[5] ?? '' };
}

test('attach() hands input on by a step, and shows what the log gets', async () => {
  await using running = await RunningBackend.start();
  const { command, step, mark } = await attached(running, { stdinOnce: true });
  expect(step.argv.slice(4)).toEqual(['bash', mark, `${running.folder().path}/containers/main/attach`, mark]);
  command.stdin?.end('hello');
  expect(await text(step.stdin)).toBe('hello');
  step.stderr.write(`${mark}\n`);
  step.stdout.write(`${time} stdout F hello\n${time} stderr P bye`);
  step.stdout.write(`!\n`);
  step.stderr.write(`${mark}0\n`);
  step.end(0);
  expect(await text(command.stdout ?? Readable.from([]))).toBe('hello\nbye!');
  expect(await command.ended).toEqual({ exitCode: 0 });
});

test('attach() sets the size of the terminal that the step names', async () => {
  await using running = await RunningBackend.start();
  const { command, step, mark } = await attached(running, { tty: true });
  command.resize({ width: 100, height: 20 });
  expect(running.slurm.steps).toHaveLength(1);
  step.stderr.write(`${mark}/dev/pts/3\n`);
  await running.until('resized', () => running.slurm.steps.length === 2);
  expect(running.slurm.steps[1]?.argv).toEqual(['stty', '-F', '/dev/pts/3', 'rows', '20', 'cols', '100']);
  running.slurm.steps[1]?.end(0);
  command.close();
  expect(step.closes).toBe(1);
});

test.each([
  [3, 'container "main" in pod "p1" has no stdin any more: with stdinOnce it ends when the first client leaves'],
  [127, 'container "main" in pod "p1" has no stdin: a script of this site runs it'],
])('attach() says what exit code %i of the step means', async (exitCode, message) => {
  await using running = await RunningBackend.start();
  const { command, step, mark } = await attached(running, {});
  step.stderr.write(`${mark}\n${mark}${exitCode}\n`);
  step.end(exitCode);
  expect(await command.ended).toMatchObject({ error: { code: 'failed_precondition', message } });
});

test('attach() says why there is no step', async () => {
  await using running = await RunningBackend.start();
  const { command, step } = await attached(running, {});
  step.stderr.write('srun: error: Unable to create step for job 1: Job is no longer running\n');
  step.end(1);
  expect(await command.ended).toMatchObject({
    error: { code: 'unavailable', message: expect.stringContaining('srun exited with code 1: srun: error: Unable') },
  });
});

test('attach() refuses input for a container that takes none', async () => {
  await using running = await RunningBackend.start();
  await startPod(running, { tty: true });
  await expect(attach(running)).rejects.toMatchObject({
    ...{ code: 'failed_precondition', message: 'container "main" in pod "p1" has no stdin' },
  });
  expect(running.slurm.steps).toEqual([]);
});
