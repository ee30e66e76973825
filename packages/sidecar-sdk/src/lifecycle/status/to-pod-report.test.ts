import type { PodReport } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import { created, ended, factsOf, type Given, problemAt, running } from '../testing/given.ts';
import { containerOf, podUid } from '../testing/pods.ts';
import { at, startMs } from '../testing/simulated-clock.ts';
import { toPodReport } from './to-pod-report.ts';

function reportAt(seconds: number, given: Given): PodReport {
  return toPodReport(factsOf(given), startMs + seconds * 1_000);
}

const never = { restartPolicy: 'Never' as const };
const evicted = { reason: 'Evicted', message: 'the node was low on memory', atMs: startMs };
const exceeded = {
  phase: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

test('toPodReport() names the pod, since when it is here and its address', () => {
  const report = reportAt(1, { attempts: { main: [running] }, runtime: { ip: '10.0.0.2' } });
  expect(report).toMatchObject({
    uid: podUid,
    namespace: 'ns',
    name: 'p',
    status: { startTime: at(0), podIP: '10.0.0.2', containerStatuses: [{ name: 'main' }] },
  });
  expect(Object.keys(report.status)).toEqual(['startTime', 'podIP', 'containerStatuses']);
});

test('toPodReport() puts init containers and ephemeral ones apart, each in the order of the spec', () => {
  const spec = {
    initContainers: [containerOf('a'), containerOf('b', { restartPolicy: 'Always' })],
    ephemeralContainers: [containerOf('debug')],
  };
  const { status } = reportAt(0, { spec });
  expect(status.initContainerStatuses?.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(status.containerStatuses.map(({ name }) => name)).toEqual(['main']);
  expect(status.ephemeralContainerStatuses?.map(({ name }) => name)).toEqual(['debug']);
});

describe('toPodReport() fails', () => {
  type Case = readonly [what: string, seconds: number, given: Given, status: object];
  const deadline = { ...never, activeDeadlineSeconds: 10 };
  const cases: Case[] = [
    [
      'a pod that its deadline has ended',
      60,
      { spec: deadline, attempts: { main: [ended(143, { finishedAt: at(11) })] } },
      exceeded,
    ],
    ['a pod whose image never came', 10, { spec: deadline, problems: { main: problemAt(0) } }, exceeded],
    [
      'a pod that was evicted',
      60,
      { attempts: { main: [ended(137)] }, runtime: { failure: evicted } },
      { phase: 'Failed', reason: 'Evicted', message: evicted.message },
    ],
    [
      'a pod that has lost its sandbox',
      60,
      { attempts: { main: [ended(137)] }, runtime: { sandbox: 'lost' } },
      { phase: 'Failed', reason: 'SandboxLost' },
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, status) => expect(reportAt(seconds, given).status).toMatchObject(status));

  const notFailed: Array<readonly [what: string, seconds: number, given: Given]> = [
    ['a pod before its deadline', 9, { spec: deadline, attempts: { main: [running] } }],
    ['a pod past its deadline before all of it has ended', 11, { spec: deadline, attempts: { main: [running] } }],
    [
      'a pod that ended before its deadline',
      60,
      { spec: deadline, attempts: { main: [ended(1, { finishedAt: at(9) })] } },
    ],
    [
      'a pod that lost its sandbox when it had finished',
      60,
      { spec: never, attempts: { main: [ended(0)] }, runtime: { sandbox: 'lost' } },
    ],
    ['a pod that goes', 60, { attempts: { main: [running] }, runtime: { deletion: { killAtMs: startMs } } }],
  ];
  test.each(notFailed)('not %s', (_, seconds, given) => expect(reportAt(seconds, given).status.phase).toBeUndefined());
});

describe('toPodReport() asks for the request again', () => {
  const lost = { ...ended(137), isLost: true };
  type Case = readonly [what: string, given: Given, isIncomplete: true | undefined];
  const cases: Case[] = [
    ['when a container was never made', {}, true],
    ['when one is lost that is to run again', { attempts: { main: [lost] } }, true],
    ['not when one is lost that is not', { spec: never, attempts: { main: [lost] } }, undefined],
    ['not when all are made', { attempts: { main: [created] } }, undefined],
    ['not when the next can be made like the last', { attempts: { main: [ended(1)] } }, undefined],
    [
      'not when an init container is gone that has done its work',
      { spec: { initContainers: [containerOf('a')] }, attempts: { main: [running] } },
      undefined,
    ],
    ['not when the pod goes', { runtime: { deletion: { killAtMs: startMs } } }, undefined],
    ['not when the pod has failed', { runtime: { failure: evicted } }, undefined],
    ['not when the pod has lost its sandbox', { runtime: { sandbox: 'lost' } }, undefined],
  ];
  test.each(cases)('%s', (_, given, isIncomplete) => {
    const { runtime } = given;
    expect(reportAt(60, { ...given, runtime: { ...runtime, hasRequest: false } }).incomplete).toBe(isIncomplete);
    expect(reportAt(60, given).incomplete).toBeUndefined();
  });
});

test('toPodReport() tells which generation of the pod it acts on', () => {
  const facts = factsOf({});
  const pod = { ...facts.runtime.pod, metadata: { ...facts.runtime.pod.metadata, generation: 3 } };
  expect(toPodReport({ ...facts, runtime: { ...facts.runtime, pod } }, startMs).status.observedGeneration).toBe(3);
});
