import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { owner, RunningBackend, uidOf } from '../testing/running-backend.ts';
import { formatKeyValues } from './key-values.ts';

/** A pod gets at its own folder where it runs without walls (ContainerRuntime none): whatever it puts there, others must not feel it. */
async function twoPods(): Promise<{ running: RunningBackend; jobId: (number: number) => string }> {
  const running = await RunningBackend.start();
  await running.create(1, 2);
  const jobId = (number: number) => running.reports.get(uidOf(number))?.status.jobID ?? '';
  await running.until('submitted', () => jobId(1) !== '' && jobId(2) !== '');
  for (const number of [1, 2]) {
    running.slurm.controller.start(jobId(number));
    await running.jobWrites(number, { job_id: jobId(number), phase: 'running' }, { main: { state: 'running' } });
  }
  await running.until('running', () => [1, 2].every((number) => stateOf(running, number)?.running !== undefined));
  return { running, jobId };
}

function stateOf(running: RunningBackend, number: number) {
  return running.reports.get(uidOf(number))?.status.containerStatuses[0]?.state;
}

async function ends(running: RunningBackend, number: number, jobId: string): Promise<void> {
  await running.jobWrites(number, { job_id: jobId, phase: 'ended' }, { main: { state: 'terminated', exit_code: 7 } });
  await running.until('ended', () => stateOf(running, number)?.terminated?.exitCode === 7);
}

const makePipe = async (path: string) => {
  await rm(path, { force: true });
  execFileSync('mkfifo', [path]);
};
const makeLoop = async (path: string) => {
  await rm(path, { force: true });
  await symlink(path, path);
};
const makeFolder = async (path: string) => {
  await rm(path, { force: true });
  await mkdir(path);
};
const makeHuge = async (path: string) => {
  await writeFile(path, '');
  await truncate(path, 10 * 2 ** 30);
};
const makeClosed = async (path: string) => {
  await writeFile(path, '');
  await chmod(path, 0);
};

describe('other pods go on when a pod puts', () => {
  test.each([
    ['a pipe', makePipe],
    ['a link to itself', makeLoop],
    ['a folder', makeFolder],
    ['10 GB without a line', makeHuge],
    ['a file without rights', makeClosed],
  ])('%s where the sidecar reads', async (_, put) => {
    const { running, jobId } = await twoPods();
    await using _running = running;
    const folder = running.folder(1);
    for (const name of ['pod.state', 'events', 'usage', 'claim', 'stop', 'link.json'] as const) {
      await put(folder.file(name));
    }
    for (const name of ['state', 'enter'] as const) await put(folder.container('main', name));
    for (const name of ['log', 'termination'] as const) await put(folder.attemptFile('main', 0, name));
    await running.announces(1);
    await running.pass(2_000);
    await running.backend.stats(owner);
    await ends(running, 2, jobId(2));
    await running.restart();
    expect(running.reports.has(uidOf(2))).toBe(true);
  });

  test('a folder by a pod’s name into the spool', async () => {
    const { running, jobId } = await twoPods();
    await using _running = running;
    await mkdir(join(running.spoolFolder, uidOf(1), 'below'), { recursive: true });
    await ends(running, 2, jobId(2));
  });

  test('what is none of its values into its state', async () => {
    const { running, jobId } = await twoPods();
    await using _running = running;
    const forged = { state: 'running', started_at: 'now', attempt: '-1', ip: 'nowhere', last_exit_code: '1e9' };
    await running.jobWrites(1, { job_id: '1 2', ip: '1.2.3.4;x', started_at: '\t', phase: 'x' }, { main: forged });
    await writeFile(running.folder(1).file('usage'), formatKeyValues({ at: 'x', cpu_ns: '-1', memory_bytes: 'NaN' }));
    expect((await running.backend.stats(owner)).pods).toEqual([]);
    await ends(running, 2, jobId(2));
    await running.backend.delete({ owner, uid: uidOf(1), namespace: 'ns', name: 'p1' }, 0);
    await running.backend.delete({ owner, uid: uidOf(2), namespace: 'ns', name: 'p2' }, 0);
    await running.until('gone', () => running.reports.size === 0);
  });

  test('another pod’s request into its folder', async () => {
    const { running } = await twoPods();
    await using _running = running;
    const forged = {
      owner,
      pod: { metadata: { uid: uidOf(2), namespace: 'ns', name: 'p2' }, spec: { containers: [] } },
    };
    await writeFile(running.folder(1).file('request.json'), JSON.stringify(forged));
    running.reports.clear();
    await running.restart();
    expect([...running.reports.keys()]).toEqual([uidOf(2)]);
    expect(running.reports.get(uidOf(2))?.status.containerStatuses).toHaveLength(1);
  });
});

test('events that are none are passed over, and those behind them are told', async () => {
  const { running } = await twoPods();
  await using _running = running;
  const line = (reason: string) => `2027-01-01T00:00:00.000Z\tWarning\t${reason}\tmain\tmessage\n`;
  const events = ['x'.repeat(200_000), '\n', line('no reason'), line('x'.repeat(129)), '\t\t\t\t\n', line('Real')];
  await writeFile(running.folder(1).file('events'), events.join(''));
  await running.until('told', async () => {
    await running.announces(1);
    return running.events.length > 0;
  });
  expect(running.events).toEqual([{ type: 'Warning', reason: 'Real', message: 'message', container: 'main' }]);
});
