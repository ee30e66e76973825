import { execFile } from 'node:child_process';
import { chmod, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { JobPlan } from './job-plan.ts';
import { JobRun } from './testing/job-run.ts';
import { plannedContainer } from './testing/plans.ts';

const run = promisify(execFile);
const one = [plannedContainer('main')];
const start = async (script: string, parts: Partial<JobPlan> = {}) =>
  await JobRun.start({ containers: one, runtime: { driver: 'foreign' }, ...parts }, { files: { 'script.sh': script } });

describe.concurrent('a script of the site’s', () => {
  test('gives each container its output and its exit code', async () => {
    const containers = [
      plannedContainer('prepare', { kind: 'init' }),
      plannedContainer('main'),
      plannedContainer('side-car'),
    ];
    await using job = await start(
      `(echo made ready) &> init-prepare.out; echo $? > init-prepare.status
       (printf 'one\\n\\0two'; exit 3) &> run-main.out; echo $? > run-main.status
       (sleep 0.3; echo late) &> "$workingPath/run-side-car.out"; echo $? > "$SANDBOX/run-side-car.status"`,
      { containers },
    );
    expect(await job.ended()).toBe(3);
    expect(await job.text('prepare')).toBe('made ready\n');
    expect(await job.text('main')).toBe('one\n\0two');
    expect(await job.text('side-car')).toBe('late\n');
    expect(await job.state('prepare')).toMatchObject({ state: 'terminated', exit_code: '0', ready: 'true' });
    expect(await job.state('main')).toMatchObject({ state: 'terminated', exit_code: '3', reason: 'Error' });
    expect(await job.state('side-car')).toMatchObject({ exit_code: '0', reason: 'Completed' });
    expect(await job.pod()).toMatchObject({ phase: 'ended' });
  });

  test('shows output while it runs, and a container that has ended while others run', async () => {
    const containers = [plannedContainer('main'), plannedContainer('other')];
    await using job = await start(
      `echo hello > run-main.out; echo 0 > run-other.status; until [ -e "$POD_FOLDER/go" ]; do sleep 0.05; done; echo 4 > run-main.status`,
      { containers },
    );
    await job.until('output', async () => (await job.text('main').catch(() => '')) === 'hello\n');
    await job.untilState('other', { state: 'terminated', exit_code: '0' });
    expect(await job.state('main')).toMatchObject({ state: 'running', ready: 'true' });
    await job.write('go', '');
    expect(await job.ended()).toBe(4);
  });

  test('is told of the pod by its environment and by files', async () => {
    const containers = [
      plannedContainer('prepare', { kind: 'init', image: 'alpine' }),
      plannedContainer('my-app', {
        image: 'a $(touch /tmp/x) b',
        args: ['it’s', '$HOME'],
        workingDir: '/work',
        mounts: [{ volume: 'data', source: { in: 'scratch', path: 'data' }, target: '/data', readOnly: false }],
      }),
    ];
    await using job = await start(
      `printf '%s\\n' "$POD_NAMESPACE/$POD_NAME" "$POD_UID" "$INIT_CONTAINERS|$CONTAINERS" "$IMAGE_PREPARE" "$IMAGE_MY_APP" \\
         "$WORKING_DIR_MY_APP" "\${POD_FOLDER##*/}" "$SLURM_JOB_ID" > run-my-app.out
       mapfile -d '' -t args < "$POD_FOLDER/containers/my-app/args"; printf '%s\\n' "\${args[@]}" >> run-my-app.out
       mapfile -d '' -t mounts < "$POD_FOLDER/containers/my-app/mounts"; printf '%s\\n' "\${mounts[@]}" >> run-my-app.out`,
      { containers, scratchVolumes: [{ name: 'data', medium: 'scratch' }] },
    );
    expect(await job.ended()).toBe(0);
    const { podFolder, pod } = job.plan;
    expect((await job.text('my-app')).split('\n')).toEqual([
      ...['ns/p', pod.uid, 'prepare|my-app', 'alpine', 'a $(touch /tmp/x) b', '/work', 'pod', '7', 'it’s', '$HOME'],
      ...[`${podFolder}/job/volumes/data:/data:rw`, ''],
    ]);
  });

  test('that ends without a word of a container ends it with its own exit code', async () => {
    await using job = await start('echo mine; echo mine, too >&2; exit 9');
    expect(await job.ended()).toBe(9);
    expect(await job.state('main')).toMatchObject({ exit_code: '9', reason: 'Error' });
    expect(await job.text('main')).toBe('');
    expect(job.output).toContain('mine\nmine, too\n');
    expect(await job.events()).toContain(
      'Warning JobScriptFailed main the script of this site ended with exit code 9 and has written no run-main.status',
    );
  });

  test('that knows of no init containers is through with them when others begin', async () => {
    const containers = [plannedContainer('prepare', { kind: 'init' }), plannedContainer('main')];
    await using job = await start(
      'echo hello > run-main.out; until grep -q running "$POD_FOLDER/containers/main/state"; do sleep 0.05; done; echo 0 > run-main.status',
      { containers },
    );
    expect(await job.ended()).toBe(0);
    expect(await job.state('prepare')).toMatchObject({ exit_code: '0' });
    expect(await job.text('main')).toBe('hello\n');
  });

  test('that says what is no exit code is told so', async () => {
    await using job = await start('echo "fine; thanks" > run-main.status');
    expect(await job.ended()).toBe(1);
    expect(await job.events()).toContain(
      'Warning InvalidExitCode main run-main.status says "fine; thanks": an exit code from 0 to 255 is wanted',
    );
  });

  test('hears TERM once, with all that it has begun, and has the grace period', async () => {
    const containers = [plannedContainer('main'), plannedContainer('other')];
    await using job = await start(
      `trap 'echo heard >> run-main.out' TERM
       (trap 'echo child heard >> run-other.out; echo 5 > run-other.status; exit' TERM
        : > started; while :; do sleep 0.05; done) &
       until [ -e started ]; do sleep 0.05; done; echo up >> run-main.out
       until [ -s run-other.status ]; do sleep 0.05; done; echo 6 > run-main.status`,
      { containers },
    );
    await job.until('up', async () => (await job.text('main').catch(() => '')).includes('up'));
    await job.untilState('other', { state: 'running' });
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(6);
    expect(await job.text('main')).toBe('up\nheard\n');
    expect(await job.text('other')).toBe('child heard\n');
    expect(await job.state('other')).toMatchObject({ exit_code: '5' });
  });

  test('is killed with all that it has begun when its time is over', async () => {
    await using job = await start(`trap '' TERM; sleep 300 & echo $! > run-main.out; while :; do sleep 0.1; done`, {
      graceSeconds: 1,
    });
    await job.until('up', async () => (await job.text('main').catch(() => '')).endsWith('\n'));
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(137);
    expect(await job.state('main')).toMatchObject({ state: 'terminated', exit_code: '137' });
    const pid = (await job.text('main')).trim();
    expect(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone')).toMatch(/^gone$|\) Z /);
  });

  test('ends with the job’s script, however that ends', async () => {
    await using job = await start('echo $$ > run-main.out; while :; do sleep 0.1; done');
    await job.until('up', async () => (await job.text('main').catch(() => '')).endsWith('\n'));
    const pid = (await job.text('main')).trim();
    job.signal('SIGKILL');
    await job.until('gone', async () =>
      /^gone$|\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone')),
    );
    await job.until('clean', async () => (await job.leftovers()).length === 0);
  });

  test('may go on when its containers have ended, and the job with it', async () => {
    await using job = await start('echo 0 > run-main.status; sleep 1; echo copied > "$POD_FOLDER/results"');
    expect(await job.ended()).toBe(0);
    expect(await job.read('results')).toBe('copied\n');
    expect(await job.leftovers()).toEqual([]);
  });

  test('that goes on after its containers hears TERM', async () => {
    await using job = await start(
      `trap 'echo left > "$POD_FOLDER/results"; exit' TERM; echo 0 > run-main.status; while :; do sleep 0.05; done`,
    );
    await job.until('ended', async () => (await job.pod()).phase === 'ended');
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(0);
    expect(await job.read('results')).toBe('left\n');
  });

  test('lets nobody into its containers, and says so', async () => {
    await using job = await start('until [ -e "$POD_FOLDER/go" ]; do sleep 0.05; done');
    await job.untilState('main', { state: 'running' });
    const enter = join(job.plan.podFolder, 'containers/main/enter');
    await expect(run(enter, ['true'])).rejects.toMatchObject({
      code: 126,
      stderr: expect.stringContaining('container main is run by the script of this site'),
    });
    await job.write('go', '');
    expect(await job.ended()).toBe(0);
  });
});

test('the template of docs/slurm.md runs a pod with init containers, mounts and an environment', async () => {
  const text = await readFile(new URL('../../../../docs/slurm.md', import.meta.url), 'utf8');
  const [, script = ''] = /^```bash\n(#!\/bin\/bash\n.*?)^```/ms.exec(text) ?? [];
  await using programs = await mkdtempDisposable(join(tmpdir(), 'interlink-apptainer-'));
  const apptainer = join(programs.path, 'apptainer');
  await writeFile(apptainer, `#!/bin/bash\nprintf '%s|' "$@"; echo "$APPTAINERENV_GREETING"; [[ $* != *broken* ]]\n`);
  await chmod(apptainer, 0o755);
  const start = async (command: string) =>
    await JobRun.start(
      {
        runtime: { driver: 'foreign' },
        scratchVolumes: [{ name: 'data', medium: 'scratch' }],
        containers: [
          plannedContainer('prepare', { kind: 'init', command: [command], image: 'alpine' }),
          plannedContainer('my-app', {
            ...{ image: 'busybox:1', command: ['sh', '-c'], args: ['it’s; $x'] },
            env: [{ name: 'GREETING', value: 'a\n$(id)' }],
            mounts: [{ volume: 'data', source: { in: 'scratch', path: 'data' }, target: '/data', readOnly: true }],
          }),
        ],
      },
      { files: { 'script.sh': script }, env: { PATH: `${programs.path}:${process.env.PATH}` } },
    );
  await using job = await start('true');
  expect(await job.ended()).toBe(0);
  expect(await job.text('prepare')).toBe('-s|exec|--no-eval|--containall|docker://alpine|true|\n');
  const bind = `--bind=${job.plan.podFolder}/job/volumes/data:/data:ro`;
  expect(await job.text('my-app')).toBe(
    `-s|exec|--no-eval|--containall|${bind}|docker://busybox:1|sh|-c|it’s; $x|a\n$(id)\n`,
  );
  await using failing = await start('broken');
  expect(await failing.ended()).toBe(1);
  expect(await failing.state('prepare')).toMatchObject({ state: 'terminated', exit_code: '1' });
});
