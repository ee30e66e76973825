import { expect, test } from 'vitest';
import { at, attemptIn, containerFacts, endedAttempt, podFacts, runningAttempt, startMs } from '../testing/facts.ts';
import { nextSteps } from './next-steps.ts';

const failed = { exitCode: 1 };
const stop = { cause: 'deleted', orderedAtMs: startMs, killAtMs: startMs + 30_000 } as const;

test('nextSteps() starts all containers together', () => {
  const facts = podFacts({ containers: [containerFacts('a'), containerFacts('b')] });
  expect(nextSteps(facts, startMs).steps).toEqual([
    { do: 'start', container: 'a', attempt: 0, failuresBefore: 0 },
    { do: 'start', container: 'b', attempt: 0, failuresBefore: 0 },
  ]);
});

test('nextSteps() starts one init container after another', () => {
  const initContainers = [containerFacts('one', endedAttempt(0)), containerFacts('two'), containerFacts('three')];
  expect(nextSteps(podFacts({ initContainers }), startMs).steps).toMatchObject([{ do: 'start', container: 'two' }]);
});

test('nextSteps() lets what follows a sidecar container start once that runs', () => {
  const proxy = { restartPolicy: 'Always' };
  const waiting = podFacts({ initContainers: [containerFacts('proxy', attemptIn({ kind: 'ordered' }), proxy)] });
  expect(nextSteps(waiting, startMs).steps).toEqual([{ do: 'launch', container: 'proxy', attempt: 0 }]);
  const started = podFacts({ initContainers: [containerFacts('proxy', runningAttempt(0), proxy)] });
  expect(nextSteps(started, startMs).steps).toMatchObject([{ do: 'start', container: 'main' }]);
});

test('nextSteps() stops sidecar containers when the others are over', () => {
  const facts = podFacts(
    {
      initContainers: [containerFacts('proxy', runningAttempt(0), { restartPolicy: 'Always' })],
      containers: [containerFacts('main', endedAttempt(0))],
    },
    { restartPolicy: 'Never', terminationGracePeriodSeconds: 5 },
  );
  expect(nextSteps(facts, startMs).steps).toEqual([
    { do: 'stop', order: { cause: 'finished', orderedAtMs: startMs, killAtMs: startMs + 5_000 } },
  ]);
});

test('nextSteps() starts nothing after an init container that failed for good', () => {
  const facts = podFacts(
    { initContainers: [containerFacts('one', endedAttempt(0, failed))] },
    { restartPolicy: 'Never' },
  );
  expect(nextSteps(facts, startMs + 5_000)).toEqual({ steps: [], wakeAtMs: undefined });
});

test('nextSteps() runs an init container again only when it failed, although the pod says Always', () => {
  const facts = podFacts({ initContainers: [containerFacts('one', endedAttempt(0, failed))] });
  expect(nextSteps(facts, startMs + 5_000).steps).toMatchObject([{ do: 'start', container: 'one', attempt: 1 }]);
});

test('nextSteps() sleeps until the back-off is over', () => {
  const facts = podFacts({ containers: [containerFacts('main', endedAttempt(1, failed, 1))] });
  expect(nextSteps(facts, startMs + 10_999)).toEqual({ steps: [], wakeAtMs: startMs + 11_000 });
  expect(nextSteps(facts, startMs + 11_000).steps).toEqual([
    { do: 'start', container: 'main', attempt: 2, failuresBefore: 2 },
  ]);
});

test('nextSteps() stops a pod at its deadline, and sleeps until then', () => {
  const facts = podFacts({ containers: [containerFacts('main', runningAttempt(0))] }, { activeDeadlineSeconds: 60 });
  expect(nextSteps(facts, startMs)).toEqual({ steps: [], wakeAtMs: startMs + 60_000 });
  expect(nextSteps(facts, startMs + 60_000).steps).toMatchObject([{ do: 'stop', order: { cause: 'deadline' } }]);
});

test('nextSteps() buries a lost attempt before anything else', () => {
  const child = { process: { pid: 5, startTime: '1' }, startedAt: at(0) };
  const facts = podFacts({ stop, containers: [containerFacts('main', attemptIn({ kind: 'lost', child }))] });
  expect(nextSteps(facts, startMs).steps).toEqual([
    { do: 'bury', container: 'main', attempt: 0, group: child.process },
  ]);
});

test('nextSteps() of a stopped pod asks first and kills when the grace period is over', () => {
  const facts = podFacts({ stop, containers: [containerFacts('main', runningAttempt(0, 7))] });
  expect(nextSteps(facts, startMs)).toMatchObject({
    steps: [{ do: 'signal', signal: 'SIGTERM', group: { pid: 7 } }],
    wakeAtMs: startMs + 30_000,
  });
  expect(nextSteps(facts, startMs + 30_000).steps).toMatchObject([{ do: 'signal', signal: 'SIGKILL' }]);
});

test('nextSteps() of a stopped pod takes back what no runner has taken', () => {
  const facts = podFacts({ stop, containers: [containerFacts('main', attemptIn({ kind: 'ordered' }))] });
  expect(nextSteps(facts, startMs).steps).toEqual([{ do: 'cancel', container: 'main', attempt: 0 }]);
});

test('nextSteps() removes a deleted pod once nothing of it runs, and no other', () => {
  const containers = [containerFacts('main', endedAttempt(0, failed))];
  expect(nextSteps(podFacts({ stop, containers }), startMs).steps).toEqual([{ do: 'remove' }]);
  const finished = podFacts({ stop: { ...stop, cause: 'finished' }, containers });
  expect(nextSteps(finished, startMs).steps).toEqual([]);
});
