import { expect, test } from 'vitest';
import { PodEnding, type PodEndingOptions } from './pod-ending.ts';
import { newPodEntry } from './pod-entry.ts';

const { signal } = new AbortController();
const uid = '11111111-1111-4111-8111-000000000001';

/** @param stop what becomes of telling the backend to end the pod */
function endingOf({ found, stop }: { found: 'there' | 'gone'; stop?: () => Promise<void> }) {
  const done: string[] = [];
  let finishedAt: string | undefined;
  const terminated = () => ({ exitCode: 0, reason: 'Completed', finishedAt });
  const options = {
    mirror: {
      get: () =>
        finishedAt && { status: { containerStatuses: [{ name: 'main', state: { terminated: terminated() } }] } },
    },
    handover: { lookUp: async () => found },
    stopper: {
      stop: async () => {
        done.push('stop');
        await stop?.();
      },
    },
    status: { write: async () => done.push('write') > 0 },
    events: { record: () => undefined },
    logger: { info: () => undefined },
  } as unknown as PodEndingOptions;
  const tell = (at: string) => {
    finishedAt = at;
  };
  return { ending: new PodEnding(options), done, entry: newPodEntry(), tell };
}

test('expire() of a pod that its backend still has does nothing yet: it may have ended in time', async () => {
  const { ending, done, entry } = endingOf({ found: 'there' });
  await ending.expire('expired', uid, entry, signal);
  expect([done, entry.isExpired]).toEqual([[], false]);
});

test('expire() makes a pod one that was ended for its deadline once its backend was told, not before', async () => {
  const stop = async () => {
    throw new Error('out of reach');
  };
  const away = endingOf({ found: 'gone', stop });
  await expect(away.ending.expire('expire', uid, away.entry, signal)).rejects.toThrow('out of reach');
  expect([away.done, away.entry.isExpired]).toEqual([['stop'], false]);
  const there = endingOf({ found: 'gone' });
  await there.ending.expire('expire', uid, there.entry, signal);
  expect([there.done, there.entry.isExpired]).toEqual([['stop', 'write'], true]);
});

test('expire() leaves alone what has ended by itself, in time, while its backend was told', async () => {
  const { ending, done, entry, tell } = endingOf({ found: 'gone' });
  const startTime = '2026-01-02T03:04:05Z';
  entry.pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { activeDeadlineSeconds: 60, containers: [] },
    status: { startTime },
  };
  tell('2026-01-02T03:05:04Z');
  await ending.expire('expire', uid, entry, signal);
  expect([done.splice(0), entry.isExpired]).toEqual([['stop'], false]);
  tell('2026-01-02T03:05:05Z');
  await ending.expire('expire', uid, entry, signal);
  expect([done, entry.isExpired]).toEqual([['stop', 'write'], true]);
});
