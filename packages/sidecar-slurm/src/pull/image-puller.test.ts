import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { owner, podRequest, RunningBackend, uidOf } from '../testing/running-backend.ts';

const main = { container: 'main', image: 'busybox', key: 'sha256-1' };
const jobsOf = (running: RunningBackend, number = 1) => running.slurm.controller.ofPod(uidOf(number));
const stateOf = (running: RunningBackend, number = 1) =>
  running.reports.get(uidOf(number))?.status.containerStatuses[0]?.state.waiting;

async function startWith(...pulls: RunningBackend['pulls']): Promise<RunningBackend> {
  const running = await RunningBackend.start();
  running.pulls = pulls;
  return running;
}

describe('a pod whose images the sidecar pulls', () => {
  test('gets its job when they are there, one after another, and its logins are gone then', async () => {
    await using running = await startWith(main, { ...main, container: 'side', key: '' });
    await running.create(1);
    expect(stateOf(running)).toEqual({ reason: 'ContainerCreating' });
    expect(running.images.running).toEqual(['p1 main']);
    running.images.succeed('p1 main');
    await running.until('the next', () => running.images.running.includes('p1 side'));
    expect(jobsOf(running)).toEqual([]);
    running.images.succeed('p1 side');
    await running.until('submitted', () => jobsOf(running).length === 1);
    expect(running.events.filter(({ reason }) => reason === 'Pulled').map(({ container }) => container)).toEqual([
      'main',
      'side',
    ]);
    expect(await readdir(running.folder().path)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/auth|pull/)]),
    );
  });

  test('says why one can’t be had, backs off, tries again, and does not wait with the others', async () => {
    await using running = await startWith(main, { container: 'side', image: 'b', key: 'sha256-2' });
    await running.create(1);
    const failedAt = running.clock.now();
    running.images.fail('p1 main', 'registry is on fire');
    await running.until('failed', () => stateOf(running)?.reason === 'ErrImagePull');
    expect(stateOf(running)?.message).toBe('registry is on fire');
    running.images.succeed('p1 side');
    await running.until('back-off', () => stateOf(running)?.reason === 'ImagePullBackOff');
    expect(stateOf(running)?.message).toBe('Back-off pulling image "busybox": ErrImagePull: registry is on fire');
    await running.until('again', () => running.images.running.includes('p1 main'));
    expect(running.clock.now() - failedAt).toBeGreaterThanOrEqual(10_000);
    running.images.fail('p1 main', 'registry is on fire');
    const failedAgainAt = running.clock.now();
    await running.until('again', () => running.images.running.includes('p1 main'));
    expect(running.clock.now() - failedAgainAt).toBeGreaterThanOrEqual(20_000);
    expect(jobsOf(running)).toEqual([]);
    running.images.succeed('p1 main');
    await running.until('submitted', () => jobsOf(running).length === 1);
    expect(running.events.slice(0, 5).map(({ type, message }) => `${type} ${message}`)).toEqual([
      'Warning Failed to pull image "busybox": registry is on fire',
      'Warning Error: ErrImagePull',
      'Normal Successfully pulled',
      'Normal Back-off pulling image "busybox"',
      'Warning Error: ImagePullBackOff',
    ]);
  });

  test('that may never be pulled keeps its reason', async () => {
    await using running = await startWith(main);
    await running.create(1);
    running.images.fail('p1 main', 'not present', 'ErrImageNeverPull');
    await running.pass(5_000);
    expect(stateOf(running)).toEqual({ reason: 'ErrImageNeverPull', message: 'not present' });
  });

  test('shares an image of the cache with others: one pulls it, two pull at once, and nobody waits for what he does not want', async () => {
    await using running = await startWith(main);
    for (const number of [1, 2]) await running.create(number);
    running.pulls = [{ ...main, key: 'sha256-2' }];
    await running.create(3);
    running.pulls = [{ ...main, key: '' }];
    for (const number of [4, 5]) await running.create(number);
    expect(running.images.running).toEqual(['p1 main', 'p3 main']);
    running.images.succeed('p3 main');
    await running.until('the fourth', () => running.images.running.length === 2);
    expect(running.images.running).toEqual(['p1 main', 'p4 main']);
    running.images.succeed('p1 main');
    await running.until('the second', () => running.images.running.length === 2);
    expect(running.images.running).toEqual(['p4 main', 'p2 main']);
    running.images.succeed('p4 main');
    await running.until('the last', () => running.images.running.includes('p5 main'));
  });

  test('goes when it is deleted, whether it is pulled, waits for its turn, or backs off', async () => {
    await using running = await startWith(main);
    for (const number of [1, 2]) await running.create(number);
    running.pulls = [{ ...main, key: 'sha256-2' }];
    await running.create(3);
    running.images.fail('p3 main', 'no');
    for (const number of [2, 1, 3]) {
      await running.backend.delete({ owner, ...podRequest(number).pod.metadata }, 30);
    }
    await running.until('gone', () => running.reports.size === 0);
    await running.pass(60_000);
    expect(running.images.begun).toEqual(['p1 main', 'p3 main']);
    expect(running.images.running).toEqual([]);
    expect(running.slurm.controller.jobs).toEqual([]);
  });

  test('is pulled on, and gets one job, when the sidecar is killed in the middle', async () => {
    await using running = await startWith(main);
    for (const number of [1, 2]) await running.create(number);
    running.images.succeed('p1 main');
    await running.until('submitted', () => jobsOf(running).length === 1);
    await running.restart();
    await running.until('again', () => running.images.running.includes('p2 main'));
    running.images.succeed('p2 main');
    await running.until('submitted', () => jobsOf(running, 2).length === 1);
    await running.restart();
    await running.pass(20_000);
    expect(running.images.begun.filter((name) => name === 'p1 main')).toHaveLength(1);
    expect(running.slurm.controller.jobs).toHaveLength(2);
  });
});
