import type { EventText } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { type RunPull, SharedPulls } from './shared-pulls.ts';

/** A pull by hand. */
function heldPull() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const started: Array<{ onLine: (line: unknown) => void; signal: AbortSignal }> = [];
  const run: RunPull<string> = async (onLine, signal) => {
    started.push({ onLine, signal });
    return await promise;
  };
  return { run, started, resolve, reject };
}

function waiter(signal = new AbortController().signal) {
  const told: EventText[] = [];
  return { told, image: 'app:1', signal, tell: (event: EventText) => void told.push(event) };
}

const half = { id: 'layer', status: 'Downloading', progressDetail: { current: 2 ** 20, total: 2 ** 21 } };

test('SharedPulls pulls once for all who want the same, and apart by key', async () => {
  const pulls = new SharedPulls<string>();
  const { run, started, resolve } = heldPull();
  const all = [pulls.pull('one', run, waiter()), pulls.pull('one', run, waiter()), pulls.pull('two', run, waiter())];
  expect(started).toHaveLength(2);
  resolve('pulled');
  expect(await Promise.all(all)).toEqual(['pulled', 'pulled', 'pulled']);
  await pulls.pull('one', run, waiter());
  expect(started).toHaveLength(3);
});

test('SharedPulls tells everybody who waits how far it is, at most once a minute', async () => {
  let now = 0;
  const pulls = new SharedPulls<string>(() => now);
  const { run, started, resolve } = heldPull();
  const [first, second] = [waiter(), waiter()];
  const all = [pulls.pull('one', run, first), pulls.pull('one', run, second)];
  const line = (atMs: number) => {
    now = atMs;
    started[0]?.onLine(half);
  };
  line(59_999);
  expect(first.told).toEqual([]);
  line(60_000);
  line(119_999);
  const event = { type: 'Normal', reason: 'Pulling', message: 'Pulling image "app:1": 1.0 MiB of 2.0 MiB' };
  expect([first.told, second.told]).toEqual([[event], [event]]);
  line(120_000);
  expect(second.told).toHaveLength(2);
  resolve('pulled');
  await Promise.all(all);
});

test('SharedPulls goes on while somebody waits, and gives up when nobody does', async () => {
  const pulls = new SharedPulls<string>();
  const { run, started } = heldPull();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = pulls.pull('one', run, waiter(one.signal));
  const second = pulls.pull('one', run, waiter(other.signal));
  one.abort(new Error('deleted'));
  await expect(first).rejects.toThrow('deleted');
  expect(started[0]?.signal.aborted).toBe(false);
  other.abort(new Error('deleted too'));
  await expect(second).rejects.toThrow('deleted too');
  expect(started[0]?.signal.aborted).toBe(true);
  void pulls.pull('one', run, waiter()).catch(() => undefined);
  expect(started).toHaveLength(2);
});

test('SharedPulls fails for all who wait', async () => {
  const pulls = new SharedPulls<string>();
  const { run, reject } = heldPull();
  const all = [pulls.pull('one', run, waiter()), pulls.pull('one', run, waiter())];
  reject(new Error('no such image'));
  for (const pull of all) await expect(pull).rejects.toThrow('no such image');
});
