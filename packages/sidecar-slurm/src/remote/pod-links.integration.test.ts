import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PATIENCE } from '../../../../test/testbed/patience.ts';
import { writeDeletion } from '../folder/stop-order.ts';
import { readKeyValues } from '../script/testing/key-values.ts';
import { shellContainer } from '../script/testing/plans.ts';
import { updateVolumes } from '../update-volumes.ts';
import { RemotePod } from './testing/remote-pod.ts';

const file = (path: string, text: string) => ({ path, mode: 0o400, data: Buffer.from(text).toString('base64') });

test('a job gets its pod and brings back all that it wrote; the node keeps nothing', async () => {
  const text = 'echo "$SECRET"; printf last >"$INTERLINK_TERMINATION_LOG"; echo oops >&2; exit 3';
  const container = shellContainer('main', text, { env: [{ name: 'SECRET', value: 'sesame-4711' }] });
  await using pod = await RemotePod.create({ plan: { containers: [container] } });
  await pod.addNode();
  const { ended } = pod.startJob();
  expect(await ended).toBe(3);
  expect(readKeyValues(await pod.read('pod.state'))).toMatchObject({ job_id: pod.jobId, phase: 'ended' });
  const state = readKeyValues(await pod.read('containers/main/state'));
  expect(state).toMatchObject({ state: 'terminated', exit_code: '3' });
  expect((await pod.log('main')).split('\n').toSorted()).toEqual(['', 'oops', 'sesame-4711']);
  expect(await pod.read('containers/main/0/termination')).toBe('last');
  expect(await pod.read('events')).toContain('Container started');
  expect(await pod.read('usage')).toContain('memory_bytes=');
  expect(await pod.nodeFiles()).toEqual([]);
  expect(await readFile(pod.folder.file('job.sh'), 'utf8')).not.toContain('sesame-4711');
});

test('what a job has on its node is for its account alone', async () => {
  const text = 'until [ -e "$INTERLINK_TERMINATION_LOG.go" ]; do sleep 0.05; done';
  const container = shellContainer('main', text, { env: [{ name: 'SECRET', value: 'sesame-4711' }] });
  await using pod = await RemotePod.create({ plan: { containers: [container] } });
  await pod.addNode();
  const { ended } = pod.startJob();
  await pod.until('its state', async () => (await pod.read('containers/main/state')).includes('state=running'));
  const folder = pod.entry.link?.folder ?? '';
  const node = dirname(dirname(folder));
  const entries = await readdir(node, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.parentPath === node)
    .map(({ parentPath, name }) => join(parentPath, name));
  expect(paths).toEqual(expect.arrayContaining([dirname(folder), join(folder, 'containers/main/env')]));
  const open = await Array.fromAsync(paths, async (path) => {
    // What has gone meanwhile is open to nobody.
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && (found.mode & 0o077) !== 0 ? [path] : [];
  });
  expect(open.flat()).toEqual([]);
  await writeFile(join(folder, 'containers/main/0/termination.go'), '');
  expect(await ended).toBe(0);
});

test('what is written while a link is cut, again and again, is here in the end, each byte once', async () => {
  const text = 'i=0; while [ $i -lt 400 ]; do echo "line $i"; i=$((i + 1)); sleep 0.01; done';
  await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', text)] } });
  await pod.addNode();
  const { ended } = pod.startJob();
  for (const line of [20, 90, 170, 260]) {
    await pod.until(`line ${line}`, async () => (await pod.log('main')).includes(`line ${line}\n`));
    const before = pod.steps.length;
    pod.steps.at(-1)?.close();
    await pod.until('another link', () => pod.steps.length > before);
  }
  expect(await ended).toBe(0);
  expect(await pod.log('main')).toBe(Array.from({ length: 400 }, (_, i) => `line ${i}\n`).join(''));
  expect(pod.steps.length).toBeGreaterThan(4);
});

test('a job outlives the sidecar, and another one hears the rest of it', async () => {
  const text = 'echo first; until [ -e "$INTERLINK_TERMINATION_LOG.go" ]; do sleep 0.05; done; echo second; exit 5';
  await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', text)] } });
  await pod.addNode();
  const { ended } = pod.startJob();
  await pod.until('the first line', async () => (await pod.log('main')) === 'first\n');
  await pod.kill();
  const folder = join(pod.entry.link?.folder ?? '', 'containers/main');
  await writeFile(join(folder, '0/termination.go'), '');
  const state = join(folder, 'state');
  await pod.until('its end on the node', async () => (await readFile(state, 'utf8')).includes('exit_code=5'));
  await pod.restart();
  expect(await ended).toBe(5);
  expect(await pod.log('main')).toBe('first\nsecond\n');
});

test('a push that is cut off is done again, and nothing of the half is used', async () => {
  const env = [{ name: 'LARGE', value: 'x'.repeat(60_000) }];
  const container = shellContainer('main', 'printf %s "$LARGE" | wc -c', { env });
  await using pod = await RemotePod.create({ plan: { containers: [container] }, cutAfter: [1_000, 20_000, 60_000] });
  await pod.addNode();
  const { ended } = pod.startJob();
  expect(await ended).toBe(0);
  expect(await pod.log('main')).toBe('60000\n');
  expect(pod.steps.length).toBe(4);
});

test('of two jobs of a pod one runs, whichever asks first', async () => {
  await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', 'echo ran')] } });
  await pod.addNode();
  const jobs = [pod.startJob({ number: 1 }), pod.startJob({ number: 2, id: String(Number(pod.jobId) + 1) })];
  await Promise.all(jobs.map(async ({ ended }) => await ended));
  expect(await pod.log('main')).toBe('ran\n');
  const started = (await pod.read('events')).split('\n').filter((line) => line.includes('Container started'));
  expect(started).toHaveLength(1);
  expect(await pod.nodeFiles()).toEqual([]);
});

test('two jobs of a pod with the same id, as after a controller that forgot, are told apart', async () => {
  await using pod = await RemotePod.create({
    plan: { containers: [shellContainer('main', 'echo ran')] },
    // Once Slurm shows no such job any more nobody asks what is left of the first.
    env: { INTERLINK_AWAIT_POD_MS: String(4_000 * PATIENCE) },
  });
  await pod.addNode();
  // The sidecar has made up its mind for the second before it submitted it.
  await pod.write('claim', '2\n');
  const jobs = [pod.startJob({ number: 1 }), pod.startJob({ number: 2 })];
  await Promise.all(jobs.map(async ({ ended }) => await ended));
  expect(await pod.log('main')).toBe('ran\n');
});

describe('a controller that forgot that it had begun a job begins it again:', () => {
  test('what has ended is not run again', async () => {
    await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', 'echo ran; exit 3')] } });
    await pod.addNode();
    expect(await pod.startJob().ended).toBe(3);
    pod.lookAt('PENDING');
    expect(await pod.startJob().ended).toBe(1);
    expect(readKeyValues(await pod.read('containers/main/state'))).toMatchObject({ attempt: '0', exit_code: '3' });
    expect(await pod.log('main')).toBe('ran\n');
    expect(pod.events).toEqual([]);
    expect(await pod.nodeFiles()).toEqual([]);
  });

  test('what was cut off is not run again, and its pod is told', async () => {
    await using pod = await RemotePod.create({
      plan: { containers: [shellContainer('main', 'echo ran; sleep 1000')] },
    });
    await pod.addNode();
    const first = pod.startJob();
    await pod.until('its state', async () => (await pod.read('containers/main/state')).includes('state=running'));
    await pod.until('its log', async () => (await pod.log('main')) === 'ran\n');
    await pod.killJob(first);
    // Whoever looks now knows of the first only what is on disk.
    await pod.restart();
    expect(await pod.startJob().ended).toBe(1);
    expect(await pod.log('main')).toBe('ran\n');
    await pod.until('the event', () => pod.events.length > 0);
    expect(pod.events).toEqual([
      { type: 'Warning', reason: 'JobBegunTwice', message: expect.stringContaining(`job ${pod.jobId} a second time`) },
    ]);
  });
});

test('volumes change in a running job as they do here', async () => {
  const volumes = [{ name: 'conf', files: [file('a', 'one'), file('b', 'two')] }];
  const mount = {
    volume: 'conf',
    source: { in: 'pod-folder', path: 'volumes/conf' },
    target: '/conf',
    readOnly: true,
  } as const;
  const read = 'cat "$INTERLINK_VOLUME_CONF/a"; ls "$INTERLINK_VOLUME_CONF"';
  const text = `${read}; until [ -e "$INTERLINK_VOLUME_CONF/go" ] && [ ! -L "$INTERLINK_VOLUME_CONF/b" ]; do sleep 0.05; done; ${read}`;
  const container = shellContainer('main', text, { mounts: [mount] });
  await using pod = await RemotePod.create({ plan: { containers: [container] }, volumes });
  await pod.addNode();
  const { ended } = pod.startJob();
  await pod.until('what it read', async () => (await pod.log('main')) === 'onea\nb\n');
  await updateVolumes(pod.entry, [{ name: 'conf', files: [file('a', 'three'), file('go', '')] }]);
  await pod.links.update(pod.entry);
  expect(await ended).toBe(0);
  expect(await pod.log('main')).toBe('onea\nb\nthreea\ngo\n');
});

test('the order to stop is on the node before the signal', async () => {
  const text = 'trap "echo term" TERM; echo up; while :; do sleep 0.05; done';
  await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', text)], graceSeconds: 600 } });
  await pod.addNode();
  const { ended, process } = pod.startJob();
  await pod.until('that it runs', async () => (await pod.log('main')) === 'up\n');
  await writeDeletion(pod.folder, { killAtMs: Date.now() + 2_000 * PATIENCE });
  await pod.links.update(pod.entry);
  process.kill('SIGTERM');
  await ended;
  expect(readKeyValues(await pod.read('containers/main/state'))).toMatchObject({ state: 'terminated', signal: '9' });
  expect(await pod.log('main')).toBe('up\nterm\n');
});

test('a job that Slurm begins anew on another node goes on counting', async () => {
  const text = 'echo once; sleep 1000';
  await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', text)] } });
  await pod.addNode('node');
  const first = pod.startJob();
  await pod.until('its state', async () => (await pod.read('containers/main/state')).includes('state=running'));
  await pod.until('its log', async () => (await pod.log('main')) === 'once\n');
  const events = await pod.read('events');
  first.process.kill('SIGKILL');
  await first.ended;
  await pod.addNode('other');
  pod.startJob({ restarts: 1, node: 'other' });
  await pod.until('its next attempt', async () => (await pod.log('main', 1)) === 'once\n');
  expect(readKeyValues(await pod.read('pod.state'))).toMatchObject({ restart_count: '1' });
  expect(await pod.log('main')).toBe('once\n');
  expect((await pod.read('events')).startsWith(events)).toBe(true);
});

test('a job that srun cannot reach is told of on its pod, in srun’s words', async () => {
  await using pod = await RemotePod.create({ refusal: 'srun: error: Unable to create step for job 7: no way' });
  await pod.addNode();
  pod.startJob();
  await pod.until('the event', () => pod.events.length > 0);
  expect(pod.events).toEqual([
    {
      type: 'Warning',
      reason: 'JobUnreachable',
      message: `Job ${pod.jobId} on c1 cannot be reached by srun: it did not answer: srun: error: Unable to create step for job 7: no way`,
    },
  ]);
  expect(await pod.read('claim')).toBe('');
});

test('a job that nobody asks about ends by itself', async () => {
  await using pod = await RemotePod.create({
    plan: { containers: [shellContainer('main', 'exit 4')] },
    env: { INTERLINK_AWAIT_FETCH_MS: '500', INTERLINK_AWAIT_POD_MS: '500' },
  });
  await pod.addNode();
  await pod.kill();
  expect(await pod.startJob().ended).toBe(1);
  expect(await pod.nodeFiles()).toEqual([]);
});

test('a job whose last word nobody hears waits for a while, and ends with the code of its container', async () => {
  await using pod = await RemotePod.create({
    plan: { containers: [shellContainer('main', 'echo up; sleep 0.5; exit 4')] },
    env: { INTERLINK_AWAIT_FETCH_MS: '500' },
  });
  await pod.addNode();
  const { ended } = pod.startJob();
  await pod.until('that it runs', async () => (await pod.log('main')) === 'up\n');
  await pod.kill();
  expect(await ended).toBe(4);
  expect(await pod.nodeFiles()).toEqual([]);
});

test('what a killed job has left on its node goes with the next job', async () => {
  await using pod = await RemotePod.create({ plan: { containers: [shellContainer('main', 'echo up; sleep 1000')] } });
  await pod.addNode();
  const job = pod.startJob();
  await pod.until('that it runs', async () => (await pod.log('main')) === 'up\n');
  await pod.killJob(job);
  expect(await pod.nodeFiles()).toHaveLength(1);
  await using next = await RemotePod.create({ plan: { containers: [shellContainer('main', 'true')] } });
  await next.addNode();
  await next.startJob().ended;
  expect(await pod.nodeFiles()).toEqual([]);
});
