import { expect, test, vi } from 'vitest';
import { recipe, recipes } from '../testing/recipes.ts';
import { logOf, owner, playScript, requestOf } from '../testing/scripted-mock.ts';

test('docs/mock.md has these recipes, each played below or in recipes.integration.test.ts', () => {
  expect([...recipes.keys()]).toEqual([
    'A slow queue, then it runs',
    'An image that can’t be pulled',
    'A container that crashes, and recovers',
    'A node with GPUs and a taint',
    'A log flood',
    'Flaky creates',
    'A plugin of v1',
    'A backend that is away for a minute',
  ]);
});

test('recipe: a slow queue, then it runs', async () => {
  const { backend, reports } = playScript(recipe('A slow queue, then it runs'));
  const { status } = await backend.create(requestOf(), owner);
  expect(status).toMatchObject({
    queue: { state: 'PENDING', reason: 'Priority' },
    containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
  });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(reports.at(-1)?.status.queue).toBeUndefined();
  expect(reports.at(-1)?.status.containerStatuses[0]?.state.running?.startedAt).toBe('2027-01-01T00:00:20.000Z');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reports.at(-1)?.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(0);
  const other = await backend.create(requestOf({ namespace: 'other' }), owner);
  expect(other.status.containerStatuses[0]?.ready).toBe(true);
});

test('recipe: an image that can’t be pulled', async () => {
  const { backend, reports } = playScript(recipe('An image that can’t be pulled'));
  const first = await backend.create(requestOf({ labels: { app: 'broken', other: 'x' } }), owner);
  expect(first.status.containerStatuses[0]?.state.waiting).toEqual({
    reason: 'ErrImagePull',
    message: 'manifest unknown',
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reports.at(-1)?.status.containerStatuses[0]?.state.waiting?.reason).toBe('ImagePullBackOff');
  const healthy = await backend.create(requestOf({ labels: { app: 'well' } }), owner);
  expect(healthy.status.containerStatuses[0]?.ready).toBe(true);
});

test('recipe: a container that crashes, and recovers', async () => {
  const { backend, reports } = playScript(recipe('A container that crashes, and recovers'));
  const pod = await backend.create(requestOf({ name: 'flaky-1' }), owner);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reports.at(-1)?.status.containerStatuses[0]).toMatchObject({
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: '2027-01-01T00:00:01.000Z' } },
    restartCount: 0,
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reports.at(-1)?.status.containerStatuses[0]).toMatchObject({
    ready: true,
    state: { running: { startedAt: '2027-01-01T00:00:15.000Z' } },
    restartCount: 1,
  });
  expect(reports.at(-1)?.status.startTime).toBe('2027-01-01T00:00:01.000Z');
  const previous = await logOf(backend, pod, { previous: true, timestamps: true });
  expect(previous.toString()).toMatch(/^2027-01-01T00:00:01.000Z container main/);
});

test('recipe: a log flood', async () => {
  const { backend } = playScript(recipe('A log flood'));
  const pod = await backend.create(requestOf(), owner);
  await vi.advanceTimersByTimeAsync(100);
  expect(await logOf(backend, pod)).toHaveLength(1_001 * 1_000);
  await vi.advanceTimersByTimeAsync(120_000);
  const [last, ...more] = (await logOf(backend, pod, { tailLines: 1 })).toString().split('\n');
  expect(last).toMatch(/^line 600000 \.+$/);
  expect(last).toHaveLength(999);
  expect(more).toEqual(['']);
});

test('recipe: a backend that is away for a minute', async () => {
  const { backend, relists } = playScript(recipe('A backend that is away for a minute'));
  await backend.create(requestOf(), owner);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(await backend.list()).toHaveLength(1);
  expect(relists()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(relists()).toBe(1);
  const away = { code: 'unavailable', message: expect.stringContaining('until 2027-01-01T00:01:30.000Z') };
  await expect(backend.list()).rejects.toMatchObject(away);
  await expect(backend.capabilities()).rejects.toMatchObject(away);
  await expect(backend.create(requestOf(), owner)).rejects.toMatchObject(away);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(relists()).toBe(2);
  expect(await backend.list()).toHaveLength(1);
});
