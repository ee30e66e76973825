import { expect, test, vi } from 'vitest';
import { logOf, owner, playScript, requestOf } from './testing/scripted-mock.ts';

const reference = (uid: string) => ({ owner, uid, namespace: 'team-a', name: 'p' });

test('an event flood tells as many events as its script says, each with a number', async () => {
  const { backend, events } = playScript(
    'pods: [{ eventFlood: { eventsPerSecond: 100, forSeconds: 2, type: Warning, reason: Broken, message: again } }]',
  );
  await backend.create(requestOf(), owner);
  expect(events).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(events).toHaveLength(100);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toHaveLength(200);
  expect(events.at(-1)).toEqual({ type: 'Warning', reason: 'Broken', message: 'again 200' });
});

test('an event flood ends with its pod', async () => {
  const { backend, events } = playScript('pods: [{ eventFlood: { eventsPerSecond: 10 } }]');
  const { uid } = await backend.create(requestOf(), owner);
  await vi.advanceTimersByTimeAsync(500);
  await backend.delete(reference(uid), 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(events).toHaveLength(5);
  expect(events[0]).toEqual({ type: 'Normal', reason: 'Flood', message: 'event 1' });
});

test('a log flood is read from a time, and its end is that of the container', async () => {
  const { backend } = playScript(
    'pods: [{ logFlood: { linesPerSecond: 2, bytesPerLine: 8 }, timeline: [{ atSeconds: 0, running: true }, { atSeconds: 3, exitCode: 0 }] }]',
  );
  const pod = await backend.create(requestOf(), owner);
  const followed = logOf(backend, pod, { follow: true });
  await vi.advanceTimersByTimeAsync(1_600);
  const sinceTime = '2027-01-01T00:00:01.000Z';
  expect((await logOf(backend, pod, { sinceTime, timestamps: true })).toString()).toBe(
    '2027-01-01T00:00:01.000Z line 3 \n2027-01-01T00:00:01.500Z line 4 \n',
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await followed).toString().split('\n')).toEqual([...[1, 2, 3, 4, 5, 6, 7].map((n) => `line ${n} `), '']);
});

test('a followed log ends when its container is restarted, and the next one begins anew', async () => {
  const { backend } = playScript(
    'pods: [{ timeline: [{ atSeconds: 0, running: true }, { atSeconds: 3, exitCode: 1 }, { atSeconds: 4, running: true }] }]',
  );
  const pod = await backend.create(requestOf(), owner);
  const followed = logOf(backend, pod, { follow: true, timestamps: true });
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await followed).toString()).toMatch(/^2027-01-01T00:00:00.000Z container main [^\n]+\n$/);
  expect((await logOf(backend, pod, { timestamps: true })).toString()).toMatch(/^2027-01-01T00:00:04.000Z container/);
});

test('without delays and floods a pod costs no timer with a script, either', async () => {
  const { backend } = playScript('pods: [{ annotations: { exit-code: 1 }, logFlood: { linesPerSecond: 1 } }]');
  const before = vi.getTimerCount();
  await backend.create(requestOf(), owner);
  expect(vi.getTimerCount()).toBe(before);
});
