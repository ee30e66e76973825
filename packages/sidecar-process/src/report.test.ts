import { expect, test } from 'vitest';
import { eventsBetween } from './events.ts';
import { toReport } from './report.ts';
import { at, attemptIn, containerFacts, endedAttempt, podFacts, runningAttempt, startMs } from './testing/facts.ts';
import { stateOf } from './testing/pods.ts';

const failed = { exitCode: 1 };

test('toReport() shows a container behind an init container as PodInitializing', () => {
  const report = toReport(podFacts({ initContainers: [containerFacts('one')] }));
  expect(stateOf(report, 'one')).toEqual({ waiting: { reason: 'ContainerCreating' } });
  expect(stateOf(report, 'main')).toEqual({ waiting: { reason: 'PodInitializing' } });
});

test('toReport() shows a running container as ready', () => {
  const report = toReport(podFacts({ containers: [containerFacts('main', runningAttempt(2))] }));
  expect(report.status.containerStatuses[0]).toMatchObject({
    ready: true,
    restartCount: 2,
    state: { running: { startedAt: at(0) } },
    containerID: `process://${report.uid}/main/2`,
  });
});

test('toReport() shows a container that waits for its next attempt in the kubelet’s words', () => {
  const report = toReport(podFacts({ containers: [containerFacts('main', endedAttempt(4, failed, 4))] }));
  expect(report.status.containerStatuses[0]).toMatchObject({
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 1m20s restarting failed container=main pod=p_ns(${report.uid})`,
      },
    },
  });
});

test('toReport() shows an end for good as terminated, with the earlier one beside it', () => {
  const latest = endedAttempt(1);
  const containers = [{ ...containerFacts('main', latest), earlier: endedAttempt(0, failed) }];
  const report = toReport(podFacts({ containers }, { restartPolicy: 'OnFailure' }));
  expect(report.status.containerStatuses[0]).toMatchObject({
    lastState: { terminated: { exitCode: 1 } },
    state: { terminated: { exitCode: 0, reason: 'Completed' } },
  });
});

test('toReport() of a stopped pod ends what never began, but only once all is at rest', () => {
  const stop = { cause: 'deleted', orderedAtMs: startMs, killAtMs: startMs } as const;
  const later = containerFacts('later');
  const busy = toReport(podFacts({ stop, containers: [containerFacts('main', runningAttempt(0)), later] }));
  expect(stateOf(busy, 'later')?.waiting).toBeDefined();
  const atRest = toReport(podFacts({ stop, containers: [containerFacts('main', endedAttempt(0)), later] }));
  expect(stateOf(atRest, 'later')?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
});

test('toReport() fails a pod whose deadline is over', () => {
  const stop = { cause: 'deadline', orderedAtMs: startMs, killAtMs: startMs } as const;
  expect(toReport(podFacts({ stop })).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

test('eventsBetween() tells a start once, and nothing without an earlier report', () => {
  const before = toReport(podFacts({ containers: [containerFacts('main', attemptIn({ kind: 'ordered' }))] }));
  const after = toReport(podFacts({ containers: [containerFacts('main', runningAttempt(0))] }));
  expect(eventsBetween(before, after)).toMatchObject([{ reason: 'Started', container: 'main' }]);
  expect(eventsBetween(after, after)).toEqual([]);
  expect(eventsBetween(undefined, after)).toEqual([]);
});
