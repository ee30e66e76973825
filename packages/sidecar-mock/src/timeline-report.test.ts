import { expect, test } from 'vitest';
import type { Timeline } from './timeline.ts';
import { reportAt } from './timeline-report.ts';

const createdAtMs = Date.parse('2027-01-01T00:00:00Z');
const metadata = { uid: '11111111-1111-4111-8111-111111111111', namespace: 'ns', name: 'p', generation: 4 };
const pod = {
  metadata,
  spec: { initContainers: [{ name: 'prepare' }], containers: [{ name: 'main' }, { name: 'aside' }] },
};
const timeline: Timeline = {
  main: [
    { atMs: 1_000, to: { kind: 'running' } },
    { atMs: 3_000, to: { kind: 'exited', exitCode: 0, reason: undefined, message: undefined } },
  ],
  named: new Map([['aside', [{ atMs: 2_000, to: { kind: 'running' } }]]]),
};
const at = (elapsedMs: number, more: { queueReason?: string; exitCode?: number } = {}) =>
  reportAt(pod, timeline, { createdAtMs, nowMs: createdAtMs + elapsedMs, queueReason: undefined, ...more });

test('reportAt() has containers by name go by steps of their own, and init containers end when the first of them runs', () => {
  expect(at(1_500)).toMatchObject({
    hasEnded: false,
    nextMs: createdAtMs + 2_000,
    startedAtMs: createdAtMs + 1_000,
    report: {
      status: {
        observedGeneration: 4,
        initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [{ ready: true }, { state: { waiting: {} } }],
      },
    },
  });
});

test('reportAt() shows why the queue holds the pod until something runs', () => {
  expect(at(999, { queueReason: 'Priority' }).report.status.queue).toEqual({ state: 'PENDING', reason: 'Priority' });
  expect(at(1_000, { queueReason: 'Priority' }).report.status.queue).toBeUndefined();
});

test('reportAt() ends what has not ended yet, and leaves the rest as it was', () => {
  expect(at(9_000)).toMatchObject({ hasEnded: false, nextMs: undefined });
  expect(at(9_000, { exitCode: 137 })).toMatchObject({
    hasEnded: true,
    report: {
      status: {
        containerStatuses: [
          { state: { terminated: { exitCode: 0, finishedAt: '2027-01-01T00:00:03.000Z' } } },
          { state: { terminated: { exitCode: 137, finishedAt: '2027-01-01T00:00:09.000Z' } } },
        ],
      },
    },
  });
});
