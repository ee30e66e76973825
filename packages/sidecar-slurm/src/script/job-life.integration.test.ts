import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JobRun } from './testing/job-run.ts';
import { plannedContainer, shellContainer } from './testing/plans.ts';

const forever = 'trap "exit 0" TERM; sleep 1000 & wait';
const gone = (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 0 : Promise.reject(error));
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.concurrent('a job', () => {
  test('runs a container to its end and leaves its state, log and events, and nothing else', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', 'echo out; echo err >&2')] });
    expect(await job.ended()).toBe(0);
    expect(await job.state('main')).toEqual({
      ...{ attempt: '0', state: 'terminated', reason: 'Completed', exit_code: '0', ready: 'false', started: 'false' },
      started_at: expect.stringMatching(rfc3339),
      finished_at: expect.stringMatching(rfc3339),
    });
    expect(await job.pod()).toEqual({
      ...{ job_id: '7', restart_count: '0', phase: 'ended' },
      node: expect.any(String),
      ip: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      started_at: expect.stringMatching(rfc3339),
      finished_at: expect.stringMatching(rfc3339),
    });
    expect(await job.events()).toEqual([
      'Normal Created main Container created',
      'Normal Started main Container started',
    ]);
    expect(await job.leftovers()).toEqual([]);
    expect(job.output).toBe('');
  });

  test('keeps its files to the account, whatever the umask, and starts all that is in a container with 0022', async () => {
    const containers = [
      shellContainer('main', 'umask; trap "exit 0" TERM; sleep 1000 & wait', {
        hooks: { postStart: { exec: { command: ['sh', '-c', 'umask >"$INTERLINK_TERMINATION_LOG"'] } } },
      }),
      plannedContainer('wrong', { command: ['/nowhere'] }),
    ];
    await using job = await JobRun.start({ containers, site: { commandPrefix: 'umask 0' } });
    await job.untilState('main', { state: 'running' });
    await job.untilState('wrong', { reason: 'StartError' });
    const others = async () => {
      const entries = await readdir(job.plan.podFolder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      // A file that is written anew has another name until it is complete.
      const modeOf = async (file: string) => await stat(file).then(({ mode }) => mode, gone);
      return await Array.fromAsync(files, async (file) => ((await modeOf(file)) & 0o077 ? [file] : []));
    };
    expect((await others()).flat()).toEqual([]);
    expect([await job.text('main'), await job.read('containers/main/0/termination')]).toEqual(['0022\n', '0022\n']);
    job.signal('SIGTERM');
    await job.ended();
    expect((await others()).flat()).toEqual([]);
  });

  test('gives its exit code that of the first container that failed', async () => {
    const containers = [
      shellContainer('one', 'true'),
      shellContainer('two', 'exit 4'),
      shellContainer('three', 'exit 5'),
    ];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(4);
    expect(await job.state('three')).toMatchObject({ state: 'terminated', reason: 'Error', exit_code: '5' });
  });

  test('tells a signal from the exit code that stands for it', async () => {
    const containers = [shellContainer('killed', 'kill -KILL $$'), shellContainer('left', 'exit 137')];
    await using job = await JobRun.start({ containers });
    await job.ended();
    expect(await job.state('killed')).toMatchObject({ exit_code: '137', signal: '9', reason: 'Error' });
    expect(await job.state('left')).not.toHaveProperty('signal');
  });

  test('says of a command that is not there what containerd says', async () => {
    await using job = await JobRun.start({ containers: [plannedContainer('main', { command: ['no-such'] })] });
    expect(await job.ended()).toBe(128);
    const message = 'exec: "no-such": executable file not found in $PATH';
    const state = await job.state('main');
    expect(state).toMatchObject({ state: 'terminated', reason: 'StartError', exit_code: '128', message });
    expect(state).not.toHaveProperty('started_at');
    expect(await job.text('main')).toBe('');
    expect(await job.events()).toEqual([
      'Normal Created main Container created',
      `Warning Failed main Error: ${message}`,
    ]);
  });

  test('starts init containers one after another, sidecars among them, then all containers; sidecars end last', async () => {
    const note = (name: string) => `echo ${name} >>"$INTERLINK_VOLUME_ALL/order"`;
    const mounts = [
      { volume: 'all', source: { in: 'pod-folder', path: 'volumes/all' }, target: '/all', readOnly: false },
    ] as const;
    const sidecar = (name: string) =>
      shellContainer(name, `${note(name)}; trap '${note(`${name}-ends`)}; exit 0' TERM; sleep 1000 & wait`, {
        ...{ kind: 'sidecar', restartPolicy: 'Always', mounts },
      });
    const init = (name: string) => shellContainer(name, `sleep 0.1; ${note(name)}`, { kind: 'init', mounts });
    const containers = [
      ...[init('first'), sidecar('proxy'), sidecar('logs'), init('second')],
      ...[shellContainer('main', `sleep 0.3; ${note('main')}`, { mounts }), shellContainer('other', 'exit 2')],
    ];
    await using job = await JobRun.start({ containers }, { files: { 'volumes/all/order': '' } });
    expect(await job.ended()).toBe(2);
    const order = (await job.read('volumes/all/order')).split('\n');
    expect(order).toEqual(['first', 'proxy', 'logs', 'second', 'main', 'logs-ends', 'proxy-ends', '']);
    expect(await job.state('proxy')).toMatchObject({ state: 'terminated', reason: 'Completed', attempt: '0' });
    expect(await job.state('first')).toMatchObject({ ready: 'true' });
  });

  test('stops at an init container that fails for good', async () => {
    const containers = [
      shellContainer('a', 'exit 3', { kind: 'init' }),
      shellContainer('b', 'true', { kind: 'init' }),
      shellContainer('main', 'true'),
    ];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(3);
    expect(await job.state('a')).toMatchObject({ state: 'terminated', reason: 'Error', exit_code: '3' });
    for (const name of ['b', 'main'])
      expect(await job.state(name)).toMatchObject({ state: 'waiting', reason: 'PodInitializing' });
  });

  test('runs a failing init container again until it succeeds', async () => {
    const text = 'cd "$HOME"; echo x >>tries; test $(wc -l <tries) = 3';
    const containers = [
      shellContainer('init', text, { kind: 'init', restartPolicy: 'OnFailure' }),
      shellContainer('main', 'true'),
    ];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(0);
    expect(await job.state('init')).toMatchObject({
      attempt: '2',
      reason: 'Completed',
      last_exit_code: '1',
      last_reason: 'Error',
    });
  });

  test('runs a crashing container again at once, then after a back-off that doubles', async () => {
    await using job = await JobRun.start({
      containers: [shellContainer('main', 'echo hello; exit 1', { restartPolicy: 'Always' })],
    });
    await job.until('the fifth attempt', async () => Number((await job.state('main')).attempt) >= 4);
    job.signal('SIGTERM');
    await job.ended();
    const starts = (await job.read('events')).split('\n').filter((line) => line.includes('\tStarted\t'));
    const times = starts.map((line) => Date.parse(line.split('\t')[0] ?? ''));
    const pauses = times.slice(1, 5).map((time, index) => time - (times[index] ?? 0));
    for (const [index, least] of [0, 200, 400, 800].entries()) expect(pauses[index]).toBeGreaterThanOrEqual(least);
    expect((await job.events()).filter((event) => event.includes('BackOff'))[0]).toBe(
      'Warning BackOff main Back-off restarting failed container main in pod p_ns(11111111-1111-4111-8111-111111111111)',
    );
    expect(await job.text('main', 3)).toBe('hello\n');
  });

  test('shows a container that backs off as the kubelet does', async () => {
    await using job = await JobRun.start(
      { containers: [shellContainer('main', 'exit 1', { restartPolicy: 'Always' })] },
      { env: { INTERLINK_BACK_OFF_MS: '60000', INTERLINK_MAX_BACK_OFF_MS: '60000' } },
    );
    await job.untilState('main', { reason: 'CrashLoopBackOff' });
    expect(await job.state('main')).toMatchObject({
      ...{ attempt: '1', state: 'waiting', last_exit_code: '1', last_reason: 'Error', ready: 'false' },
      message: 'back-off 1m0s restarting failed container=main pod=p_ns(11111111-1111-4111-8111-111111111111)',
    });
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(1);
    expect(await job.state('main')).toMatchObject({
      state: 'terminated',
      reason: 'Error',
      exit_code: '1',
      attempt: '1',
    });
  });

  test('restarts what ends by its policy and by its rules', async () => {
    const containers = [
      shellContainer('ok', 'true', { restartPolicy: 'OnFailure' }),
      shellContainer('rule', 'test -e $HOME/again || { touch $HOME/again; exit 42; }', {
        restartRules: [{ operator: 'In', exitCodes: [41, 42] }],
      }),
      shellContainer('other', 'exit 4', { restartRules: [{ operator: 'NotIn', exitCodes: [3, 4] }] }),
    ];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(4);
    expect(await job.state('ok')).toMatchObject({ attempt: '0' });
    expect(await job.state('rule')).toMatchObject({ attempt: '1', exit_code: '0', last_exit_code: '42' });
    expect(await job.state('other')).toMatchObject({ attempt: '0' });
  });

  test('restarts a sidecar whatever ends it, in a pod that says Never', async () => {
    const containers = [
      shellContainer('side', 'test -e $HOME/again && { : >$HOME/twice; exec sleep 100; }; touch $HOME/again', {
        kind: 'sidecar',
        restartPolicy: 'Always',
      }),
      shellContainer('main', 'until test -e $HOME/twice; do sleep 0.02; done'),
    ];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(0);
    expect(await job.state('side')).toMatchObject({
      attempt: '1',
      last_reason: 'Completed',
      exit_code: '143',
      signal: '15',
    });
  });

  test('ends what runs at its deadline', async () => {
    await using job = await JobRun.start({ deadlineSeconds: 8, containers: [shellContainer('main', forever)] });
    const code = await job.ended();
    expect(code).toBe(1);
    const pod = await job.pod();
    expect(pod).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    const ranMs = Date.parse((await job.state('main')).finished_at ?? '') - Date.parse(pod.started_at ?? '');
    expect(ranMs).toBeGreaterThanOrEqual(8_000);
    expect(await job.events()).toContain(
      'Normal DeadlineExceeded  Pod was active on the node longer than the specified deadline',
    );
  });

  test('announces each change in the spool', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', 'true')] });
    await job.ended();
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(job.plan.spoolFolder)).toEqual([job.plan.pod.uid]);
  });
});
