import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { currentSpan, traced, traceHeaders, withSpan } from './current-span.ts';
import type { Span } from './span.ts';

/** Keeps what is done to it and to its children, in order. */
function recordingSpan(name: string, log: string[]): Span {
  return {
    child: (child) => {
      log.push(`${name} > ${child}`);
      return recordingSpan(child, log);
    },
    set: () => undefined,
    fail: (error) => void log.push(`${name} failed: ${error instanceof Error ? error.message : error}`),
    end: () => void log.push(`${name} ended`),
    headers: () => ({ traceparent: name }),
  };
}

test('traced() makes steps of the current span, across awaits and apart from what else is under way', async () => {
  const log: string[] = [];
  await Promise.all([
    withSpan(recordingSpan('a', log), () => traced('step', {}, async () => await sleep(1))),
    withSpan(recordingSpan('b', log), async () => {
      await sleep(0);
      await traced(
        'outer',
        {},
        async () => await traced('inner', {}, async () => expect(traceHeaders()).toEqual({ traceparent: 'inner' })),
      );
    }),
  ]);
  expect(log.toSorted()).toEqual([
    'a > step',
    'b > outer',
    'inner ended',
    'outer > inner',
    'outer ended',
    'step ended',
  ]);
});

test('traced() tells the span of a failure, and throws it on', async () => {
  const log: string[] = [];
  const failing = withSpan(recordingSpan('root', log), () => traced('step', {}, () => Promise.reject(new Error('no'))));
  await expect(failing).rejects.toThrow('no');
  expect(log).toEqual(['root > step', 'step failed: no', 'step ended']);
});

test('traced() outside of a span just does it, and a request carries nothing', async () => {
  expect(await traced('step', {}, async () => currentSpan())).toBeUndefined();
  expect(traceHeaders()).toEqual({});
});

test('withSpan(undefined) is for loops that belong to nobody who happens to start them', async () => {
  await withSpan(recordingSpan('root', []), async () => {
    await withSpan(undefined, async () => {
      await sleep(0);
      expect(currentSpan()).toBeUndefined();
    });
    expect(currentSpan()).toBeDefined();
  });
});
