import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { notMineCode } from '../folder/claim.ts';
import { JobRun } from './testing/job-run.ts';
import { shellContainer } from './testing/plans.ts';

const polite = 'trap "echo bye; exit 0" TERM; echo up; sleep 1000 & wait';
const stubborn = 'trap "" TERM; echo up; sleep 1000 & wait';
const inSeconds = (seconds: number) => `kill_at=${(Date.now() / 1_000 + seconds).toFixed(3)}\ncause=deleted\n`;

/** Whether a process has this text in its command line. */
function isRunning(text: string): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

describe.concurrent('a job that is asked to end', () => {
  test('hands TERM on, and ends with what its containers made of it', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', polite)] });
    await job.untilState('main', { state: 'running' });
    await job.until('it is up', async () => (await job.text('main')).includes('up'));
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(0);
    expect(await job.state('main')).toMatchObject({ reason: 'Completed', exit_code: '0' });
    expect(await job.text('main')).toBe('up\nbye\n');
    expect(await job.pod()).toMatchObject({ phase: 'ended' });
    expect(await job.events()).toContain('Normal Killing main Stopping container main');
  });

  test('says so where its container has heard the signal first', async () => {
    const container = shellContainer('main', 'trap "exit 0" TERM; echo $$; while :; do sleep 0.05; done');
    await using job = await JobRun.start({ containers: [container] });
    await job.until('it is up', async () => /^\d+\n$/.test(await job.text('main').catch(() => '')));
    process.kill(Number(await job.text('main')), 'SIGTERM');
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(0);
    expect(await job.pod()).toMatchObject({ phase: 'ended', asked_at: expect.stringMatching(/Z$/) });
  });

  test('long after its work was done, has done it', async () => {
    const sidecar = shellContainer('helper', 'trap "" TERM; echo up; while :; do sleep 0.05; done', {
      kind: 'sidecar',
    });
    const main = shellContainer('main', 'true');
    await using job = await JobRun.start({ graceSeconds: 4, containers: [sidecar, main] });
    await job.until('it ends', async () => (await job.pod()).phase === 'ending');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    job.signal('SIGTERM');
    await job.ended();
    expect(await job.pod()).not.toHaveProperty('asked_at');
  });

  test('kills what does not end within the grace period of the pod', async () => {
    await using job = await JobRun.start({ graceSeconds: 1, containers: [shellContainer('main', stubborn)] });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(137);
    expect(await job.state('main')).toMatchObject({ exit_code: '137', signal: '9' });
  });

  test('gives it the time that the sidecar has written, and less when that is shortened', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', stubborn)] });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    await job.write('stop', inSeconds(60));
    job.signal('SIGTERM');
    await job.until('it ends', async () => (await job.pod()).phase === 'ending');
    await job.write('stop', inSeconds(0.2));
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(137);
  });

  test('counts preStop in, and leaves it two seconds after a hook that takes all of the time', async () => {
    await using job = await JobRun.start({
      graceSeconds: 1,
      containers: [
        shellContainer('main', 'trap "sleep 0.5; echo bye; exit 0" TERM; echo up; sleep 1000 & wait', {
          hooks: { preStop: { exec: { command: ['sleep', '100'] } } },
        }),
      ],
    });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(0);
    expect(await job.text('main')).toBe('up\nbye\n');
  });

  test('does not wait for what waits to run again', async () => {
    await using job = await JobRun.start(
      { containers: [shellContainer('main', 'exit 3', { restartPolicy: 'Always' })] },
      { env: { INTERLINK_BACK_OFF_MS: '60000', INTERLINK_MAX_BACK_OFF_MS: '60000' } },
    );
    await job.untilState('main', { reason: 'CrashLoopBackOff' });
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(3);
  });

  test('in the middle of its init containers: what never ran is said to be unknown', async () => {
    const containers = [shellContainer('init', polite, { kind: 'init' }), shellContainer('main', 'true')];
    await using job = await JobRun.start({ containers });
    await job.until('it is up', async () => (await job.text('init').catch(() => '')).includes('up'));
    job.signal('SIGTERM');
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(137);
    expect(await job.state('init')).toMatchObject({ state: 'terminated', exit_code: '0' });
    expect(await job.state('main')).toMatchObject({
      ...{ state: 'terminated', reason: 'ContainerStatusUnknown', exit_code: '137' },
      message: 'The container could not be located when the pod was terminated',
    });
  });

  test('while its own text runs: no container starts', async () => {
    await using job = await JobRun.start({
      site: { commandPrefix: 'echo prefix >&2; until [ -e "$TMPDIR/pod/go" ]; do sleep 0.05; done' },
      containers: [shellContainer('main', 'true')],
    });
    await job.until('the prefix runs', () => job.output.includes('prefix'));
    job.signal('SIGTERM');
    await job.write('go', '');
    expect(await job.ended()).toBe(137);
    expect(await job.events()).toEqual([]);
  });

  test('ends a container in the middle of its postStart hook', async () => {
    await using job = await JobRun.start({
      containers: [shellContainer('main', polite, { hooks: { postStart: { exec: { command: ['sleep', '100'] } } } })],
    });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    expect(await job.state('main')).toMatchObject({ state: 'waiting', reason: 'ContainerCreating' });
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(0);
  });
});

describe.concurrent('a job whose script is killed', () => {
  test('takes its containers, hooks and folders along', async () => {
    const mark = `sleep 7${process.pid}`;
    await using job = await JobRun.start({
      containers: [
        shellContainer('main', `trap "" TERM; ${mark} & ${mark}.5`),
        shellContainer('hooked', polite, { hooks: { postStart: { exec: { command: mark.split(' ') } } } }),
      ],
    });
    await job.until('they run', () => isRunning(mark.replace(' ', '\0')));
    await job.untilState('main', { state: 'running' });
    job.signal('SIGKILL');
    await job.ended();
    await job.until('nothing of it runs', () => !isRunning(mark.replace(' ', '\0')));
    await job.until('nothing of it is left', async () => (await job.leftovers()).length === 0);
  });

  test('begins anew when it is queued again, and its attempts count on', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', polite)] });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    job.signal('SIGKILL');
    await job.ended();
    await using again = JobRun.again(job.plan, job.root, { env: { SLURM_RESTART_COUNT: '1' } });
    await again.untilState('main', { state: 'running', attempt: '1' });
    await again.until('the pod runs', async () => (await again.pod()).phase === 'running');
    expect(await again.pod()).toMatchObject({ restart_count: '1' });
    again.signal('SIGTERM');
    await again.ended();
    expect(await again.text('main', 0)).toBe('up\n');
  });
});

describe.concurrent('a controller that forgot that it had begun a job begins it again:', () => {
  test('a pod that has ended does not run again', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', 'echo ran; exit 3')] });
    expect(await job.ended()).toBe(3);
    const before = [await job.pod(), await job.state('main'), await job.events()];
    await using again = JobRun.again(job.plan, job.root);
    expect(await again.ended()).toBe(0);
    expect([await job.pod(), await job.state('main'), await job.events()]).toEqual(before);
    expect(await job.text('main')).toBe('ran\n');
    expect(await job.read('slurm.out')).toContain('Slurm has begun job 7 a second time');
  });

  test('a pod that was cut off does not run again, and is told why', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', polite)] });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    job.signal('SIGKILL');
    await job.ended();
    await using again = JobRun.again(job.plan, job.root);
    expect(await again.ended()).toBe(1);
    expect(await job.text('main')).toBe('up\n');
    expect((await job.events()).at(-1)).toMatch(/^Warning JobBegunTwice {2}Slurm has begun job 7 a second time, /);
    // Queued again in order, it runs.
    await using requeued = JobRun.again(job.plan, job.root, { env: { SLURM_RESTART_COUNT: '1' } });
    await requeued.untilState('main', { state: 'running', attempt: '1' });
    requeued.signal('SIGTERM');
    await requeued.ended();
  });
});

test('of two jobs of a pod, which were both let through, the first runs', async () => {
  await using job = await JobRun.start({ containers: [shellContainer('main', polite)] });
  await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
  const before = [await job.pod(), await job.events()];
  const begin = (restarts: string) =>
    JobRun.again(job.plan, job.root, { env: { SLURM_JOB_ID: '8', SLURM_RESTART_COUNT: restarts } });
  await using other = begin('0');
  expect(await other.ended()).toBe(notMineCode);
  await using requeued = begin('1');
  expect(await requeued.ended()).toBe(notMineCode);
  expect([await job.pod(), await job.events()]).toEqual(before);
  job.signal('SIGTERM');
  expect(await job.ended()).toBe(0);
});

describe.concurrent('what is killed beside a container', () => {
  test('is noticed: its log’s writer', async () => {
    const mark = `sleep 98${process.pid}1`;
    const main = shellContainer('main', `echo $PPID; exec ${mark}`);
    await using job = await JobRun.start({ containers: [main] });
    await job.until('it is up', async () => /^\d+\n$/.test(await job.text('main').catch(() => '')));
    process.kill(Number(await job.text('main')), 'SIGKILL');
    expect(await job.ended()).toBe(137);
    expect(await job.state('main')).toMatchObject({ state: 'terminated', exit_code: '137' });
    await job.until('nothing to run on', () => !isRunning(mark));
  });

  test('is noticed: what runs its hook', async () => {
    const hook = 'echo $$ >"$INTERLINK_VOLUME_OUT/hook"; exec sleep 1000';
    const main = shellContainer('main', polite, {
      hooks: { postStart: { exec: { command: ['sh', '-c', hook] } } },
      mounts: [{ volume: 'out', source: { in: 'pod-folder', path: 'volumes/out' }, target: '/out', readOnly: false }],
    });
    await using job = await JobRun.start({ containers: [main] });
    await job.write('volumes/out/.keep', '');
    await job.until('it runs', async () => /^\d+\n$/.test(await job.read('volumes/out/hook')));
    const groupOf = (pid: string) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2];
    process.kill(-Number(groupOf((await job.read('volumes/out/hook')).trim())), 'SIGKILL');
    await job.until('it is told', async () =>
      (await job.events()).includes('Warning FailedPostStartHook main PostStartHook failed'),
    );
    await job.ended();
  });
});

test('a TMOUT of the site’s ends nothing', async () => {
  const main = shellContainer('main', 'sleep 4; echo whole');
  await using job = await JobRun.start({ containers: [main] }, { env: { TMOUT: '1' } });
  expect(await job.ended()).toBe(0);
  expect(await job.text('main')).toBe('whole\n');
});

describe.concurrent('a container', () => {
  test('has ended when its leader has, whoever keeps its output open', async () => {
    const containers = [shellContainer('main', 'setsid sleep 9 & sleep 99 & echo done')];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(0);
    expect(await job.text('main')).toBe('done\n');
    const { started_at = '', finished_at = '' } = await job.state('main');
    expect(Date.parse(finished_at) - Date.parse(started_at)).toBeLessThan(8_000);
  });
});

describe.concurrent('text of the site', () => {
  test('runs before the containers, and can’t change how they run', async () => {
    const text = 'set -e -x -f; IFS=:; umask 0; cd /; alias mv=false; export LEAK=1; trap "exit 9" TERM ERR';
    await using job = await JobRun.start({
      site: { commandPrefix: text, preExec: 'echo "seen: $LEAK" >&2' },
      containers: [shellContainer('main', 'env; umask')],
    });
    expect(await job.ended()).toBe(0);
    expect(job.output).toContain('seen: 1');
    expect(await job.text('main')).not.toContain('LEAK');
    expect(await job.text('main')).toContain('0022');
  });

  test('that ends the script is told on the pod', async () => {
    await using job = await JobRun.start({ site: { preExec: 'exit 5' } });
    expect(await job.ended()).toBe(5);
    expect(await job.pod()).toMatchObject({ phase: 'ended', reason: 'JobScriptExited' });
  });
});
