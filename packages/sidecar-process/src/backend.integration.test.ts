import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogOptions, PodReport, PodRequest } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identifyProcess } from './runner/process-identity.ts';
import { owner, referenceOf, requestOf, stateOf, temporaryFolder } from './testing/pods.ts';
import { RunningBackend } from './testing/running-backend.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: RunningBackend;

beforeEach(async () => {
  folder = await temporaryFolder();
  running = await RunningBackend.start(folder.path);
});

afterEach(async () => {
  for (const { report } of await running.backend.list()) {
    await running.backend.delete({ owner, ...report }, 0);
    await running.untilGone(report.uid);
  }
  await running[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const sh = (script: string) => ['/bin/sh', '-c', script];

async function logOf(request: PodRequest, options: LogOptions = {}, container = 'main'): Promise<string> {
  const signal = new AbortController().signal;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await running.backend.logs(referenceOf(request), container, options, signal))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function runToEnd(request: PodRequest) {
  await running.backend.create(request, owner);
  return await running.until(request.pod.metadata.uid, (report) => stateOf(report)?.terminated !== undefined);
}

test('create() runs a command to its end and keeps exit code, times and output', async () => {
  const request = requestOf(sh('echo out; echo err >&2; printf rest; exit 3'));
  const state = stateOf(await runToEnd(request))?.terminated;
  expect(state).toMatchObject({ exitCode: 3, reason: 'Error' });
  expect(Date.parse(state?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(state?.startedAt ?? ''));
  const log = await logOf(request);
  expect(log.split('\n').sort()).toEqual(['err', 'out', 'rest']);
  expect(await logOf(request, { timestamps: true })).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \w/);
});

test('create() gives the command the pod’s environment and nothing of the sidecar’s', async () => {
  const request = requestOf(['/usr/bin/env'], {
    containers: [
      {
        name: 'main',
        command: ['/usr/bin/env'],
        env: [{ name: 'GREETING', value: 'a "b" $HOME `c`' }],
        volumeMounts: [{ name: 'my-data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'my-data', emptyDir: {} }],
  });
  await runToEnd(request);
  const names = (await logOf(request))
    .trim()
    .split('\n')
    .map((line) => line.slice(0, line.indexOf('=')));
  const own = ['HOME', 'INTERLINK_TERMINATION_LOG', 'INTERLINK_VOLUME_MY_DATA', 'PATH', 'TMPDIR'];
  expect(names.sort()).toEqual(['GREETING', ...own]);
  expect(await logOf(request)).toContain('GREETING=a "b" $HOME `c`');
  expect(running.events.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['NotIsolated', 'MountPathNotHonoured', 'Started']),
  );
});

test('create() writes volumes with their exact modes, and the request for this account only', async () => {
  const request = requestOf(sh('cat "$INTERLINK_VOLUME_SECRET/deep/key"'), {
    containers: [
      {
        name: 'main',
        command: sh('cat "$INTERLINK_VOLUME_SECRET/deep/key"'),
        volumeMounts: [{ name: 'secret', mountPath: '/s' }],
      },
    ],
    volumes: [{ name: 'secret', secret: { secretName: 's' } }],
  });
  const data = Buffer.from('hidden').toString('base64');
  const withFiles = { ...request, volumes: [{ name: 'secret', files: [{ path: 'deep/key', mode: 0o466, data }] }] };
  await runToEnd(withFiles);
  expect(await logOf(request)).toBe('hidden');
  const podFolder = join(folder.path, 'pods', request.pod.metadata.uid);
  const modeOf = async (path: string) => (await stat(join(podFolder, path))).mode & 0o777;
  expect(await modeOf('volumes/secret/deep/key')).toBe(0o466);
  expect(await modeOf('request.json')).toBe(0o600);
  expect(await modeOf('.')).toBe(0o700);
  expect(await modeOf('containers/main/0/order.json')).toBe(0o600);
  expect(await modeOf('containers/main/0/output.log')).toBe(0o600);
});

test('updateVolumes() swaps the files under a running command, which was started by another sidecar', async () => {
  const look = 'while :; do cat "$INTERLINK_VOLUME_SECRET/deep/key" || echo absent; sleep 0.05; done';
  const request = requestOf(sh(look), {
    containers: [{ name: 'main', command: sh(look), volumeMounts: [{ name: 'secret', mountPath: '/s' }] }],
    volumes: [
      { name: 'secret', secret: { secretName: 's' } },
      { name: 'scratch', emptyDir: {} },
    ],
  });
  const secret = (text: string, path = 'deep/key') => ({
    name: 'secret',
    files: [{ path, mode: 0o400, data: Buffer.from(`${text}\n`).toString('base64') }],
  });
  await running.backend.create({ ...request, volumes: [secret('first')] }, owner);
  const untilSeen = async (line: string) => {
    while (!(await logOf(request).catch(() => '')).split('\n').includes(line)) await delay(20);
  };
  await untilSeen('first');
  const other = await RunningBackend.start(folder.path);
  await other.backend.updateVolumes?.(referenceOf(request), [secret('second')]);
  await untilSeen('second');
  await other.backend.updateVolumes?.(referenceOf(request), [secret('third', 'other')]);
  await untilSeen('absent');
  for (const volume of ['none', 'scratch']) {
    const refused = other.backend.updateVolumes?.(referenceOf(request), [{ ...secret('x'), name: volume }]);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument' });
  }
  await other[Symbol.asyncDispose]();
});

test('create() sent twice at once runs the command once', async () => {
  const file = join(folder.path, 'count');
  const request = requestOf(sh(`echo once >> ${file}`));
  await Promise.all([running.backend.create(request, owner), runToEnd(request)]);
  expect(await readFile(file, 'utf8')).toBe('once\n');
});

test('create() runs init containers one after another before the containers', async () => {
  const file = join(folder.path, 'order');
  const request = requestOf([], {
    initContainers: [
      { name: 'first', command: sh(`sleep 0.1; echo first >> ${file}`) },
      { name: 'second', command: sh(`echo second >> ${file}`) },
    ],
    containers: [{ name: 'main', command: sh(`echo main >> ${file}`) }],
  });
  const first = await running.backend.create(request, owner);
  expect(stateOf(first, 'second')?.waiting?.reason).toBe('PodInitializing');
  await running.until(request.pod.metadata.uid, (report) => stateOf(report)?.terminated !== undefined);
  expect(await readFile(file, 'utf8')).toBe('first\nsecond\nmain\n');
});

test('create() reports a program that is not there as StartError', async () => {
  const report = await runToEnd(requestOf(['no-such-program']));
  expect(stateOf(report)?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
  expect(stateOf(report)?.terminated?.message).toContain('"no-such-program"');
});

test('what a container leaves as its last word is told with its end', async () => {
  const request = requestOf([], {
    containers: [
      { name: 'main', command: sh('printf done > "$INTERLINK_TERMINATION_LOG"'), terminationMessagePath: '/tmp/word' },
      { name: 'failed', command: sh('echo why; exit 1'), terminationMessagePolicy: 'FallbackToLogsOnError' },
    ],
  });
  await running.backend.create(request, owner);
  const hasEnded = (report: PodReport) =>
    report.status.containerStatuses.every(({ state }) => state.terminated !== undefined);
  const report = await running.until(request.pod.metadata.uid, hasEnded);
  expect(stateOf(report, 'main')?.terminated).toMatchObject({ exitCode: 0, message: 'done' });
  expect(stateOf(report, 'failed')?.terminated).toMatchObject({ exitCode: 1, message: 'why\n' });
  expect(running.events.map(({ reason }) => reason)).toContain('TerminationMessagePathNotHonoured');
});

test('a container’s workingDir may be made by an init container', async () => {
  const made = join(folder.path, 'made');
  const request = requestOf([], {
    initContainers: [{ name: 'first', command: ['mkdir', made] }],
    containers: [{ name: 'main', command: ['pwd'], workingDir: made }],
  });
  await runToEnd(request);
  expect(await logOf(request)).toBe(`${made}\n`);
});

test('create() refuses a container without a command', async () => {
  const request = requestOf([], { containers: [{ name: 'main', image: 'nginx' }] });
  await expect(running.backend.create(request, owner)).rejects.toMatchObject({ code: 'failed_precondition' });
});

test('a container that fails is run again, and the log before is the previous one', async () => {
  const request = requestOf(sh('echo attempt; exit 1'), { restartPolicy: 'OnFailure' });
  await running.backend.create(request, owner);
  const report = await running.until(
    request.pod.metadata.uid,
    (each) => stateOf(each)?.waiting?.reason === 'CrashLoopBackOff',
  );
  expect(report.status.containerStatuses[0]).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 1 } },
    state: { waiting: { message: expect.stringContaining('back-off 10s restarting failed container=main') } },
  });
  expect(await logOf(request, { previous: true })).toBe('attempt\n');
  expect(running.events.map(({ reason }) => reason)).toContain('BackOff');
});

test('a sidecar container ends when the containers have', async () => {
  const request = requestOf([], {
    initContainers: [{ name: 'proxy', command: ['sleep', '300'], restartPolicy: 'Always' }],
    containers: [{ name: 'main', command: sh('sleep 0.1') }],
  });
  const report = await runToEnd(request);
  expect(stateOf(report, 'proxy')?.running).toBeDefined();
  await running.until(request.pod.metadata.uid, (each) => stateOf(each, 'proxy')?.terminated?.exitCode === 143);
});

test('activeDeadlineSeconds ends a pod as failed', async () => {
  const request = requestOf(['sleep', '300'], { activeDeadlineSeconds: 1 });
  const report = await runToEnd(request);
  expect(report.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

test('delete() asks with TERM, tells the end, removes the folder and can be repeated', async () => {
  const request = requestOf(sh('trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'));
  const { uid } = request.pod.metadata;
  await running.backend.create(request, owner);
  await running.until(uid, (report) => stateOf(report)?.running !== undefined);
  while (!(await logOf(request)).includes('ready')) await delay(20);
  await running.backend.delete(referenceOf(request), 30);
  await running.untilGone(uid);
  expect(stateOf(running.reports.get(uid)?.at(-1))?.terminated?.exitCode).toBe(7);
  expect(await readdir(join(folder.path, 'pods'))).toEqual([]);
  await running.backend.delete(referenceOf(request), 30);
});

test('delete() kills the whole group when a shortened grace period is over', async () => {
  const request = requestOf(sh('trap "" TERM; sleep 301 & echo $!; while :; do sleep 0.05; done'));
  const { uid } = request.pod.metadata;
  await running.backend.create(request, owner);
  let pid = '';
  while (pid === '') {
    pid = await logOf(request).catch(() => '');
    await delay(20);
  }
  await running.backend.delete(referenceOf(request), 60);
  await running.backend.delete(referenceOf(request), 1);
  await running.untilGone(uid);
  expect(stateOf(running.reports.get(uid)?.at(-1))?.terminated).toMatchObject({ exitCode: 137, signal: 9 });
  expect(identifyProcess(Number(pid))).toBeUndefined();
});

test('a runner that is killed leaves a container that ended with 137, and no process', async () => {
  const request = requestOf(sh('echo $$; exec sleep 302'));
  const { uid } = request.pod.metadata;
  await running.backend.create(request, owner);
  await running.until(uid, (report) => stateOf(report)?.running !== undefined);
  const claim = JSON.parse(await readFile(join(folder.path, 'pods', uid, 'containers/main/0/claim.json'), 'utf8'));
  process.kill(claim.runner.pid, 'SIGKILL');
  const report = await running.until(uid, (each) => stateOf(each)?.terminated !== undefined);
  expect(stateOf(report)?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
  const child = Number(await logOf(request));
  while (identifyProcess(child) !== undefined) await delay(20);
});

test('logs() follows until the container ends', async () => {
  const request = requestOf(sh('for i in 1 2 3; do echo $i; sleep 0.1; done'));
  await running.backend.create(request, owner);
  await running.until(request.pod.metadata.uid, (report) => stateOf(report)?.running !== undefined);
  expect(await logOf(request, { follow: true })).toBe('1\n2\n3\n');
});

test('logs() finds the last lines of a long log', async () => {
  const request = requestOf(sh('seq 1 60000'));
  await runToEnd(request);
  expect(await logOf(request, { tailLines: 2 })).toBe('59999\n60000\n');
  expect(await logOf(request, { tailLines: 0 })).toBe('');
  expect((await logOf(request, { tailLines: 20000 })).slice(0, 6)).toBe('40001\n');
  expect((await logOf(request)).length).toBe(348894);
});

test('logs() refuses a container that waits, and previous where nothing was before', async () => {
  const request = requestOf([], {
    initContainers: [{ name: 'first', command: ['sleep', '303'] }],
    containers: [{ name: 'main', command: ['true'] }],
  });
  await running.backend.create(request, owner);
  const { name } = request.pod.metadata;
  await expect(logOf(request)).rejects.toMatchObject({
    code: 'failed_precondition',
    message: `container "main" in pod "${name}" is waiting to start: PodInitializing`,
  });
  await expect(logOf(request, { previous: true })).rejects.toMatchObject({
    code: 'not_found',
    message: `previous terminated container "main" in pod "${name}" not found`,
  });
});

test('create() takes workingDir where there is such a folder, else scratch space', async () => {
  const there = join(folder.path, 'there');
  await mkdir(there);
  await writeFile(join(there, 'mark'), '');
  const inThere = requestOf([], { containers: [{ name: 'main', command: ['pwd'], workingDir: there }] });
  const nowhere = requestOf([], { containers: [{ name: 'main', command: ['pwd'], workingDir: '/no/such' }] });
  await Promise.all([runToEnd(inThere), runToEnd(nowhere)]);
  expect(await logOf(inThere)).toBe(`${there}\n`);
  expect(await logOf(nowhere)).toBe(`${join(folder.path, 'pods', nowhere.pod.metadata.uid, 'scratch')}\n`);
});

test('an update starts an ephemeral container as one more process, once, over a restart too; the pod’s end ends it', async () => {
  const request = requestOf(['sh', '-c', 'trap "exit 0" TERM; while true; do sleep 0.1; done']);
  const { uid } = request.pod.metadata;
  await running.backend.create(request, owner);
  await running.until(uid, (report) => stateOf(report)?.running !== undefined);
  const command = ['sh', '-c', 'echo "$WHO looks"; exec sleep 1000'];
  const ephemeralContainers = [
    { name: 'debugger', command, env: [{ name: 'WHO', value: 'debugger' }] },
    { name: 'image-only', image: 'busybox', env: [] },
  ];
  const metadata = { ...request.pod.metadata, generation: 2 };
  const containers = [{ name: 'main', image: 'other' }];
  const update = { pod: { metadata, spec: { containers, ephemeralContainers } } };
  const { backend } = running;
  expect((await backend.update?.(update, owner))?.status).toMatchObject({
    observedGeneration: 2,
    containerStatuses: [{ image: 'other', restartCount: 0, state: { running: {} } }],
    ephemeralContainerStatuses: [{ name: 'debugger' }, { name: 'image-only' }],
  });
  const debugged = (report: PodReport | undefined) => {
    const [debuggerStatus, imageOnly] = report?.status.ephemeralContainerStatuses ?? [];
    return debuggerStatus?.state.running !== undefined && imageOnly?.state.waiting?.reason === 'CreateContainerError';
  };
  const report = await running.until(uid, debugged);
  const log = async () =>
    await text(
      (await backend.logs(referenceOf(request), 'debugger', {}, new AbortController().signal)) as AsyncIterable<Buffer>,
    );
  await vi.waitFor(async () => expect(await log()).toBe('debugger looks\n'), 10_000);

  await using second = await RunningBackend.start(folder.path);
  await second.backend.update?.(update, owner);
  const again = await second.until(uid, debugged);
  expect(again.status.ephemeralContainerStatuses).toEqual(report.status.ephemeralContainerStatuses);
  await backend.delete(referenceOf(request), 1);
  await running.untilGone(uid);
});
