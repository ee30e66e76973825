import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PodChanges } from './event-feed.ts';
import { follow } from './event-route.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A reader of what this feed has. */
function start(next: () => PodChanges | undefined, highWaterMark = 16_384) {
  const response = new PassThrough({ highWaterMark });
  follow(response, { place: 'a-1', next });
  return { response, read: () => String(response.read() ?? '') };
}

test('follow() ends after five minutes, so that its reader is asked again who he is', () => {
  const { response } = start(() => undefined);
  vi.advanceTimersByTime(300_000);
  expect(response.writableEnded).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(response.writableEnded).toBe(true);
});

test('follow() writes what has changed, and a sign of life when nothing has', () => {
  const changes: PodChanges[] = [{ rows: [], gone: ['line\nfeed'] }];
  const { read } = start(() => changes.pop());
  vi.advanceTimersByTime(1_000);
  expect(read()).toBe('id: a-1\nevent: pods\ndata: {"rows":[],"gone":["line\\nfeed"]}\n\n');
  vi.advanceTimersByTime(13_000);
  expect(read()).toBe('');
  vi.advanceTimersByTime(1_000);
  expect(read()).toBe('id: a-1\n: \n\n');
});

test('follow() asks for nothing while its reader is behind', () => {
  const next = vi.fn(() => ({ rows: [], gone: ['x'.repeat(100)] }));
  start(next, 10);
  vi.advanceTimersByTime(10_000);
  expect(next.mock.calls.length).toBeLessThan(3);
});
