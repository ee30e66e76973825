import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../testing/manual-clock.ts';
import { WorkQueue, type WorkQueueOptions } from './work-queue.ts';

/** A queue on a manual clock whose keys stay in work until `finish`. */
function startQueue(options: Partial<WorkQueueOptions> = {}) {
  const clock = new ManualClock();
  const started: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const stop = new AbortController();
  const queue = new WorkQueue({
    concurrency: 2,
    process(key) {
      started.push(key);
      const gate = Promise.withResolvers<void>();
      gates.set(key, gate);
      return gate.promise;
    },
    backoff: { baseMs: 100, maxMs: 1_000 },
    random: () => 0,
    now: clock.now,
    startTimer: clock.startTimer,
    ...options,
  });
  const running = queue.run(stop.signal);
  const finish = async (key: string, err?: Error) => {
    if (err === undefined) gates.get(key)?.resolve();
    else gates.get(key)?.reject(err);
    await settle();
  };
  return { clock, started, queue, stop, running, finish };
}

describe('WorkQueue', () => {
  it('tells its observer of each step, and of how many keys wait', async () => {
    const seen: string[] = [];
    let depth = () => -1;
    const observer = {
      onQueue: (now: () => number) => {
        depth = now;
      },
      onAdd: () => seen.push('add'),
      onStart: (ms: number) => seen.push(`start after ${ms}`),
      onDone: (ms: number) => seen.push(`done in ${ms}`),
      onRetry: () => seen.push('retry'),
    };
    const { clock, queue, finish } = startQueue({ concurrency: 1, observer });
    queue.add('a');
    queue.add('b');
    queue.add('b');
    expect(depth()).toBe(1);
    await clock.advance(30);
    await finish('a', new Error('no'));
    expect(depth()).toBe(0);
    expect(seen).toEqual(['add', 'start after 0', 'add', 'retry', 'done in 30', 'start after 30']);
  });

  it('works on no more keys than its concurrency, in order', async () => {
    const { queue, started, finish } = startQueue();
    for (const key of ['a', 'b', 'c', 'c']) queue.add(key);
    expect(started).toEqual(['a', 'b']);
    expect(queue.size).toBe(3);
    await finish('b');
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('never has one key on two workers, and processes a key that was added meanwhile once more', async () => {
    const { queue, started, finish } = startQueue();
    queue.add('a');
    queue.add('a');
    queue.add('a');
    expect(started).toEqual(['a']);
    await finish('a');
    expect(started).toEqual(['a', 'a']);
    await finish('a');
    expect(started).toEqual(['a', 'a']);
    expect(queue.size).toBe(0);
  });

  it('retries for ever with growing waits, and starts anew after a success', async () => {
    const attempts: number[] = [];
    const { clock, queue, started, finish } = startQueue({ onError: (_key, _err, attempt) => attempts.push(attempt) });
    queue.add('a');
    for (const waitMs of [100, 200, 400, 800, 1_000, 1_000]) {
      await finish('a', new Error('no'));
      const before = started.length;
      await clock.advance(waitMs - 1);
      expect(started.length).toBe(before);
      await clock.advance(1);
      expect(started.length).toBe(before + 1);
    }
    await finish('a');
    queue.add('a');
    await finish('a', new Error('no'));
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 1]);
  });

  it('does not hold back a new add() because of an earlier failure', async () => {
    const { clock, queue, started, finish } = startQueue();
    queue.add('a');
    await finish('a', new Error('no'));
    queue.add('a');
    expect(started).toEqual(['a', 'a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('addAfter() keeps the earliest time', async () => {
    const { clock, queue, started } = startQueue();
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 900);
    await clock.advance(99);
    expect(started).toEqual([]);
    await clock.advance(1);
    expect(started).toEqual(['a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('forget() drops timer and back-off', async () => {
    const { clock, queue, started, finish } = startQueue();
    queue.add('a');
    await finish('a', new Error('no'));
    queue.forget('a');
    await clock.advance(10_000);
    expect(started).toEqual(['a']);
    queue.add('a');
    await finish('a', new Error('no'));
    await clock.advance(100);
    expect(started).toEqual(['a', 'a', 'a']);
  });

  it('run() ends when the keys in work have ended, and starts nothing after the abort', async () => {
    const { queue, started, stop, running, finish, clock } = startQueue({ concurrency: 1 });
    let ended = false;
    void running.then(() => {
      ended = true;
    });
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    stop.abort();
    await clock.advance(100);
    expect(ended).toBe(false);
    await finish('a', new Error('aborted'));
    await running;
    expect(started).toEqual(['a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes keys before run(), and treats a process() that throws at once as a failure', async () => {
    const errors: unknown[] = [];
    const queue = new WorkQueue({
      concurrency: 1,
      process: () => {
        throw new Error('at once');
      },
      onError: (_key, err) => errors.push(err),
      startTimer: () => () => undefined,
    });
    queue.add('a');
    const stop = new AbortController();
    const running = queue.run(stop.signal);
    await settle();
    expect(errors).toEqual([new Error('at once')]);
    stop.abort();
    await running;
  });

  it('handles a hundred thousand keys without slowing down', async () => {
    let count = 0;
    const queue = new WorkQueue({
      concurrency: 100,
      process: async () => {
        count += 1;
      },
    });
    for (let i = 0; i < 100_000; i += 1) queue.add(`key-${i}`);
    const stop = new AbortController();
    const running = queue.run(stop.signal);
    while (queue.size > 0) await settle();
    stop.abort();
    await running;
    expect(count).toBe(100_000);
  });
});
