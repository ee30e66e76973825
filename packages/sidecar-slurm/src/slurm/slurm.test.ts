import { createLogger, type Rate } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import type { CommandOutcome } from './commands/command-recorder.ts';
import type { CommandOutput } from './commands/run-command.ts';
import type { SlurmProgram } from './commands/slurm-commands.ts';
import { renderIdentity } from './job-identity.ts';
import { Slurm } from './slurm.ts';
import { isUncertain, troubleOf } from './slurm-error.ts';
import { ManualClock, settle } from './testing/manual-clock.ts';
import { anIdentity, anOrder } from './testing/orders.ts';
import { answered, bareCommands, failedWith, late, ScriptedCommands } from './testing/scripted-commands.ts';

const refused = 'sbatch: error: Batch job submission failed: ';

function scripted(submitRate?: Rate) {
  const clock = new ManualClock(1_000_000_000);
  const commands = new ScriptedCommands();
  const recorded: Array<[SlurmProgram, CommandOutcome]> = [];
  const slurm = new Slurm({
    commands: bareCommands,
    logger: createLogger('test', 'silent'),
    clock,
    env: { PATH: '/bin' },
    run: commands.run,
    recorder: { recordCommand: (program, outcome) => recorded.push([program, outcome]) },
    ...(submitRate === undefined ? {} : { submitRate }),
  });
  return { slurm, clock, commands, recorded };
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('Slurm.submit() gives sbatch the pod’s options first and ours last', async () => {
  const { slurm, commands, recorded } = scripted();
  commands.answer = () => answered('Welcome to the login node\n123;cluster\n', 'sbatch: warning: something');
  const order = anOrder({
    options: ['--partition=gpu', '--time=5'],
    outputPath: '/shared/100%/slurm.out',
    endWarning: { secondsBefore: 30 },
  });
  expect(await slurm.submit(order)).toEqual({ jobId: '123' });
  expect(commands.argvs).toEqual([
    [
      ...['sbatch', '--partition=gpu', '--time=5', '--parsable', '--job-name=a'],
      `--comment=${renderIdentity(anIdentity)}`,
      ...['--output=/shared/100%%/slurm.out', '--error=/shared/100%%/slurm.out', '--chdir=/shared'],
      ...['--export=NIL', '--no-requeue', '--signal=B:TERM@30', '/shared/job.sh'],
    ],
  ]);
  expect(commands.orders[0]?.env).toEqual({ PATH: '/bin', LC_ALL: 'C', SLURM_TIME_FORMAT: '%s' });
  expect(recorded).toEqual([['sbatch', 'ok']]);
});

test('Slurm.submit() refuses a word that is no option', async () => {
  const { slurm, commands } = scripted();
  await expect(slurm.submit(anOrder({ options: ['/etc/passwd'] }))).rejects.toThrow('is not an option of sbatch');
  expect(commands.orders).toEqual([]);
});

test('Slurm.submit() refuses in the words of sbatch', async () => {
  const { slurm, commands, recorded } = scripted();
  commands.answer = () => failedWith(`${refused}Invalid partition name specified\n`);
  await expect(slurm.submit(anOrder())).rejects.toMatchObject({
    code: 'failed_precondition',
    reason: 'SlurmRefused',
    message: 'Cannot submit job for pod "ns/a": sbatch exited with code 1: Invalid partition name specified',
  });
  expect(recorded).toEqual([['sbatch', 'refused']]);
});

test.each<[string, CommandOutput]>([
  ['its deadline passed', late],
  ['it was killed', { ...late, ending: 'killed' }],
  ['the connection broke off', failedWith(`${refused}Socket timed out on send/recv operation`)],
  ['there is no id in its answer', answered('what?\n')],
])('Slurm.submit() is uncertain when %s', async (_what, output) => {
  const { slurm, commands } = scripted();
  commands.answer = () => output;
  const failure = await failureOf(slurm.submit(anOrder()));
  expect(failure).toMatchObject({ code: 'unavailable' });
  expect(isUncertain(failure)).toBe(true);
});

test('Slurm.submit() runs one sbatch at a time', async () => {
  const { slurm, commands } = scripted();
  const ends = [Promise.withResolvers<CommandOutput>(), Promise.withResolvers<CommandOutput>()];
  commands.answer = () => ends[commands.orders.length - 1]?.promise ?? late;
  const submitted = [slurm.submit(anOrder()), slurm.submit(anOrder())];
  await settle();
  expect(commands.orders).toHaveLength(1);
  ends[0]?.resolve(answered('1'));
  await settle();
  expect(commands.orders).toHaveLength(2);
  ends[1]?.resolve(answered('2'));
  expect(await Promise.all(submitted)).toEqual([{ jobId: '1' }, { jobId: '2' }]);
});

test('Slurm.submit() keeps to the administrator’s rate', async () => {
  const { slurm, clock, commands } = scripted({ burst: 1, perSecond: 2 });
  commands.answer = () => answered('1');
  const submitted = [0, 1, 2].map(() => slurm.submit(anOrder()));
  await settle();
  expect(commands.orders).toHaveLength(1);
  await clock.advance(500);
  expect(commands.orders).toHaveLength(2);
  await clock.advance(500);
  expect(commands.orders).toHaveLength(3);
  await Promise.all(submitted);
});

test('Slurm.submit() stays below the limit of requests that settings() has seen', async () => {
  const { slurm, clock, commands } = scripted();
  const parameters = 'SlurmctldParameters = rl_enable,rl_bucket_size=5,rl_refill_rate=5,rl_refill_period=2';
  commands.answer = ([program]) => answered(program === 'scontrol' ? `SLURM_VERSION = 24.11.5\n${parameters}\n` : '1');
  expect((await slurm.settings()).requestLimit).toEqual({ burst: 5, perSecond: 2.5 });
  const submitted = [0, 1, 2, 3, 4].map(() => slurm.submit(anOrder()));
  await settle();
  expect(commands.orders).toHaveLength(1 + 4);
  await clock.advance(499);
  expect(commands.orders).toHaveLength(1 + 4);
  await clock.advance(1);
  expect(commands.orders).toHaveLength(1 + 5);
  await Promise.all(submitted);
});

test('Slurm.submit() asks no more for a while when Slurm takes no more jobs, and other calls go on', async () => {
  const { slurm, clock, commands } = scripted();
  commands.answer = ([program]) =>
    program === 'sbatch' ? failedWith(`${refused}Resource temporarily unavailable`) : answered('');
  for (let count = 0; count < 3; count += 1) {
    const failure = await failureOf(slurm.submit(anOrder()));
    expect(troubleOf(failure)).toBe('busy');
  }
  expect(commands.orders).toHaveLength(1);
  expect(await slurm.jobs()).toEqual([]);
  commands.answer = () => answered('5');
  await clock.advance(1_000);
  expect(await slurm.submit(anOrder())).toEqual({ jobId: '5' });
});

test('Slurm.submit() that waited in vain at MaxJobCount is uncertain, and other calls go on', async () => {
  const { slurm, commands } = scripted();
  const stderr = 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying';
  commands.answer = ([program]) => (program === 'sbatch' ? { ...late, stderr } : answered(''));
  expect(isUncertain(await failureOf(slurm.submit(anOrder())))).toBe(true);
  expect(troubleOf(await failureOf(slurm.submit(anOrder())))).toBe('busy');
  expect(await slurm.jobs()).toEqual([]);
  expect(commands.argvs.map(([program]) => program)).toEqual(['sbatch', 'squeue']);
});

test('Slurm asks no more for a while when the controller does not answer, and then one call decides', async () => {
  const { slurm, clock, commands, recorded } = scripted();
  commands.answer = () => failedWith('slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
  const failures = [await failureOf(slurm.jobs()), await failureOf(slurm.submit(anOrder()))];
  expect(failures.map(troubleOf)).toEqual(['away', 'away']);
  expect(failures.map(isUncertain)).toEqual([false, false]);
  expect(commands.orders).toHaveLength(1);
  await clock.advance(1_000);
  await failureOf(slurm.jobs());
  await failureOf(slurm.jobs());
  expect(commands.orders).toHaveLength(2);
  commands.answer = () => answered('');
  await clock.advance(2_000);
  expect(await slurm.jobs()).toEqual([]);
  expect(await slurm.jobs()).toEqual([]);
  expect(recorded).toEqual([
    ['squeue', 'away'],
    ['squeue', 'away'],
    ['squeue', 'ok'],
    ['squeue', 'ok'],
  ]);
});

test('Slurm.cancel() takes few calls, and jobs that are gone are a success', async () => {
  const { slurm, commands } = scripted();
  commands.answer = () => failedWith('scancel: error: Kill job error on job id 7: Invalid job id specified\n');
  const ids = Array.from({ length: 1_200 }, (_, index) => String(index));
  await slurm.cancel(ids, 'term');
  expect(commands.argvs.map((argv) => argv.length - 3)).toEqual([500, 500, 200]);
  expect(commands.argvs.map((argv) => argv.slice(0, 3))).toEqual(
    Array.from({ length: 3 }, () => ['scancel', '--signal=TERM', '--batch']),
  );
  expect(commands.argvs.flatMap((argv) => argv.slice(3))).toEqual(ids);
});

test('Slurm.cancel() of nothing asks nobody', async () => {
  const { slurm, commands } = scripted();
  await slurm.cancel([], 'plain');
  expect(commands.orders).toEqual([]);
});

test('Slurm.cancel() fails when one job could not be ended', async () => {
  const { slurm, commands } = scripted();
  const gone = 'scancel: error: Kill job error on job id 7: Invalid job id specified\n';
  commands.answer = () => failedWith(`${gone}scancel: error: Kill job error on job id 8: Access/permission denied\n`);
  const failure = await failureOf(slurm.cancel(['7', '8'], 'plain'));
  expect(failure).toMatchObject({ code: 'failed_precondition', message: expect.stringContaining('job id 8') });
  commands.answer = () =>
    failedWith(`${gone}scancel: error: Kill job error on job id 8: Job can not be altered now, try again later`);
  expect(troubleOf(await failureOf(slurm.cancel(['7', '8'], 'kill')))).toBe('busy');
});

test('Slurm.cancel() takes nothing but ids', async () => {
  const { slurm, commands } = scripted();
  await expect(slurm.cancel(['--user=a'], 'plain')).rejects.toThrow('is not a job id');
  expect(commands.orders).toEqual([]);
});

test('Slurm.accounting() finds out once that there is none', async () => {
  const { slurm, commands } = scripted();
  commands.answer = () => failedWith('Slurm accounting storage is disabled\n');
  expect(await slurm.accounting({ ids: ['1'] })).toBeUndefined();
  expect(await slurm.accounting({ ids: ['1'] })).toBeUndefined();
  expect(commands.orders).toHaveLength(1);
});

test('Slurm.accounting() asks for jobs by id, or since a time', async () => {
  const { slurm, clock, commands } = scripted();
  commands.answer = () => answered('7|CANCELLED by 1000|0:15|100|110|120|00:05:00|main|c1|None||\n');
  expect(await slurm.accounting({ ids: ['7', '8'] })).toMatchObject([
    { id: '7', state: 'CANCELLED', cancelledBy: '1000', exit: { exitCode: 0, signal: 15 }, identity: undefined },
  ]);
  await slurm.accounting({ since: new Date(clock.now() - 90_500) });
  expect(commands.argvs.map((argv) => argv.at(-1))).toEqual(['--jobs=7,8', '--starttime=now-91seconds']);
});

test('Slurm.accounting() that does not answer keeps nobody else waiting', async () => {
  const { slurm, commands } = scripted();
  commands.answer = ([program]) =>
    program === 'sacct'
      ? failedWith('sacct: error: Problem talking to the database: Connection refused')
      : answered('');
  expect(troubleOf(await failureOf(slurm.accounting({ ids: ['1'] })))).toBe('away');
  expect(troubleOf(await failureOf(slurm.accounting({ ids: ['1'] })))).toBe('away');
  expect(await slurm.jobs()).toEqual([]);
  expect(commands.argvs.map(([program]) => program)).toEqual(['sacct', 'squeue']);
});

test('Slurm.settings() does not believe an answer without a version', async () => {
  const { slurm } = scripted();
  expect(troubleOf(await failureOf(slurm.settings()))).toBe('away');
});
