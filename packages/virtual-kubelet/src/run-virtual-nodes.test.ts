import { InterLinkError } from '@interlink/protocol';
import { aborted } from '@interlink/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepLogLines } from './kubelet-api/testing/log-lines.ts';
import { runVirtualNodes } from './run-virtual-nodes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failure = new InterLinkError('unavailable', 'the port is taken');

/** A node that fails at once as often as said, then runs; `isReady`: it starts before that. */
function node(name: string, { failures = 0, isReady = true } = {}) {
  const rounds: string[] = [];
  const create = () => ({
    ready: isReady ? Promise.resolve() : new Promise<void>(() => undefined),
    run: async (signal: AbortSignal, startup: AbortSignal) => {
      rounds.push(startup === signal ? 'again' : 'start');
      if (rounds.length <= failures) throw failure;
      await aborted(isReady ? signal : startup);
      if (!signal.aborted) throw InterLinkError.from(startup.reason);
    },
  });
  return { name, create, rounds };
}

function start(nodes: ReadonlyArray<ReturnType<typeof node>>, startup = new AbortController()) {
  const stop = new AbortController();
  const { logger, lines } = keepLogLines();
  const running = runVirtualNodes({ nodes, logger, startup: startup.signal }, stop.signal);
  running.catch(() => undefined);
  return { running, stop, startup, lines };
}

test('runVirtualNodes() starts a node that failed again, and leaves the others alone', async () => {
  const [bad, good] = [node('bad', { failures: 3 }), node('good')];
  const { running, stop, lines } = start([bad, good]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([bad.rounds.length, good.rounds.length]).toEqual([4, 1]);
  expect(lines.filter((line) => line === 'the node failed: it is started again')).toHaveLength(3);
  stop.abort();
  await running;
});

test('runVirtualNodes() of a single node fails with it', async () => {
  const { running } = start([node('only', { failures: 1 })]);
  await expect(running).rejects.toBe(failure);
});

test('runVirtualNodes() goes on with what has started in time, and tries the rest for ever', async () => {
  const [slow, good] = [node('slow', { isReady: false }), node('good')];
  const { running, stop, startup } = start([slow, good]);
  await vi.advanceTimersByTimeAsync(0);
  startup.abort(new InterLinkError('deadline_exceeded', 'too late'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(slow.rounds).toEqual(['start', 'again']);
  stop.abort();
  await running;
});

test('runVirtualNodes() fails when nothing has started in time', async () => {
  const { running, startup } = start([node('a', { isReady: false }), node('b', { isReady: false })]);
  await vi.advanceTimersByTimeAsync(0);
  startup.abort(new InterLinkError('deadline_exceeded', 'too late'));
  await vi.advanceTimersByTimeAsync(0);
  await expect(running).rejects.toMatchObject({ code: 'deadline_exceeded', message: 'too late' });
});
