import { type Pod, type PodStatus, podStatusPatch } from '@interlink/kube';
import type { ContainerStatus, PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { type PodStatusInput, podStatus } from './pod-status.ts';
import { apiPod, containerStatus, containerStatuses, type Doing, podReport, podUid } from './testing/statuses.ts';

const now = Date.parse('2026-01-02T03:05:00.789Z');

function statusOf(input: Partial<PodStatusInput>): PodStatus {
  const pod = apiPod(undefined);
  return podStatus({ pod, report: undefined, trouble: undefined, hostIP: '192.0.2.7', now, isFinal: false, ...input });
}

const reportOf = (doings: Readonly<Record<string, Doing>>, status: Partial<PodReport['status']> = {}) =>
  podReport(containerStatuses(doings), status);

test('podStatus() of a first report', () => {
  const report = reportOf({ main: 'running' }, { podIP: '10.0.0.9', startTime: '2026-01-02T03:04:08.5Z' });
  expect(statusOf({ report })).toMatchObject({
    phase: 'Running',
    hostIP: '192.0.2.7',
    hostIPs: [{ ip: '192.0.2.7' }],
    podIP: '10.0.0.9',
    podIPs: [{ ip: '10.0.0.9' }],
    startTime: '2026-01-02T03:04:08Z',
    observedGeneration: 1,
    containerStatuses: [{ name: 'main', state: { running: { startedAt: '2026-01-02T03:04:10Z' } }, ready: true }],
  });
  expect(statusOf({ report })).not.toHaveProperty('initContainerStatuses');
});

test('podStatus() keeps the start time and the pod IP that the API has, and what others wrote', () => {
  const pod = apiPod({ startTime: '2026-01-01T00:00:00Z', podIP: '10.0.0.9', qosClass: 'Burstable' });
  expect(statusOf({ pod, report: reportOf({ main: 0 }, { startTime: '2026-01-02T03:04:08Z' }) })).toMatchObject({
    startTime: '2026-01-01T00:00:00Z',
    podIP: '10.0.0.9',
    podIPs: [{ ip: '10.0.0.9' }],
    qosClass: 'Burstable',
  });
});

test.each<[Partial<PodStatusInput>, object]>([
  [{}, { reason: 'ContainerCreating' }],
  [{ pod: apiPod(undefined, { initContainers: [{ name: 'i' }] }) }, { reason: 'PodInitializing' }],
  [
    { report: podReport([], { queue: { state: 'PENDING', reason: 'Priority' } }) },
    { reason: 'ContainerCreating', message: 'PENDING: Priority' },
  ],
  [
    { trouble: { reason: 'CreateContainerError', message: 'no such partition' } },
    { reason: 'CreateContainerError', message: 'no such partition' },
  ],
])('podStatus() of %j shows what the containers wait for', (input, waiting) => {
  const { phase, containerStatuses: statuses } = statusOf(input);
  expect([phase, statuses?.[0]?.state]).toEqual(['Pending', { waiting }]);
});

test('podStatus() shows trouble only where the backend says nothing', () => {
  const pod = apiPod(undefined, { containers: [{ name: 'a' }, { name: 'b' }] });
  const trouble = { reason: 'CreateContainerError', message: 'm' };
  expect(statusOf({ pod, trouble, report: reportOf({ a: 'running' }) }).containerStatuses).toMatchObject([
    { state: { running: {} } },
    { state: { waiting: trouble } },
  ]);
});

test('podStatus() drops containers that the spec does not know', () => {
  const { containerStatuses: statuses, phase } = statusOf({ report: reportOf({ main: 0, foreign: 'running' }) });
  expect([statuses?.map(({ name }) => name), phase]).toEqual([['main'], 'Running']);
});

test('podStatus() takes the backend’s word for a pod that it ended', () => {
  const why = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' } as const;
  expect(statusOf({ report: reportOf({ main: 'running' }, why) })).toMatchObject(why);
  // The reason goes with the report that gave it.
  const pod = apiPod({ phase: 'Pending', reason: 'Old', message: 'old' });
  const after = statusOf({ pod, report: reportOf({ main: 'running' }) });
  expect(after).not.toHaveProperty('reason');
  expect(after).not.toHaveProperty('message');
});

test.each(['Succeeded', 'Failed'])('podStatus() never leaves the phase %s', (phase) => {
  for (const doing of ['running', 'waiting', 0, 1] as const) {
    const pod = apiPod({ phase }, { restartPolicy: 'Always' });
    expect([doing, statusOf({ pod, report: reportOf({ main: doing }) }).phase]).toEqual([doing, phase]);
  }
});

test('podStatus() lets a container run again by its own policy or rules, in a pod that never restarts', () => {
  const onExit42 = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  const spec = {
    restartPolicy: 'Never',
    initContainers: [{ name: 'i', restartPolicy: 'OnFailure' }],
    containers: [{ name: 'main', restartPolicy: 'Never', restartPolicyRules: onExit42 }],
  };
  const report = (init: ContainerStatus, main: Doing) =>
    podReport(containerStatuses({ main }), { initContainerStatuses: [init] });
  const next = (before: PodStatus | undefined, init: Doing, main: Doing) =>
    statusOf({ pod: apiPod(before, spec), report: report(containerStatus('i', init), main) });
  const statesOf = ({ phase, initContainerStatuses = [], containerStatuses: statuses = [] }: PodStatus) => [
    phase,
    ...[...initContainerStatuses, ...statuses].flatMap(({ state }) => Object.keys(state ?? {})),
  ];
  const initFailed = next(undefined, 1, 'waiting');
  const initAgain = next(initFailed, 'running', 'waiting');
  const restarting = next(next(initAgain, 0, 'running'), 0, 42);
  const again = next(restarting, 0, 'running');
  expect([initFailed, initAgain, restarting, again].map(statesOf)).toEqual([
    ['Pending', 'terminated', 'waiting'],
    ['Pending', 'running', 'waiting'],
    ['Running', 'terminated', 'terminated'],
    ['Running', 'terminated', 'running'],
  ]);
  // The rule does not speak of this one; the init container has done its work.
  const failed = next(again, 0, 1);
  expect([failed, next(failed, 'running', 'running')].map(statesOf)).toEqual([
    ['Failed', 'terminated', 'terminated'],
    ['Failed', 'terminated', 'terminated'],
  ]);
});

test.each<[policy: string, own: string | undefined, shown: string]>([
  ['Always', undefined, 'running'],
  ['OnFailure', undefined, 'terminated'],
  ['OnFailure', 'Always', 'running'],
])('podStatus() of an init container that runs anew after its success, pod %s, itself %s: %s', (policy, own, shown) => {
  const init = { name: 'i', ...(own === undefined ? {} : { restartPolicy: own }) };
  const spec = { restartPolicy: policy, initContainers: [init] };
  const done = podReport(containerStatuses({ main: 'waiting' }), {
    initContainerStatuses: containerStatuses({ i: 0 }),
  });
  const anew = { initContainerStatuses: containerStatuses({ i: 'running' }) };
  const before = statusOf({ pod: apiPod(undefined, spec), report: done });
  const after = statusOf({
    pod: apiPod(before, spec),
    report: podReport(containerStatuses({ main: 'waiting' }), anew),
  });
  expect(Object.keys(after.initContainerStatuses?.[0]?.state ?? {})).toEqual([shown]);
});

test.each<[string, Partial<PodStatusInput>, string, ReadonlyArray<number>]>([
  ['that ran to its end', { report: reportOf({ a: 0, b: 0 }) }, 'Succeeded', [0, 0]],
  ['with a failed container', { report: reportOf({ a: 0, b: 3 }) }, 'Failed', [0, 3]],
  ['with a container that never ended', { report: reportOf({ a: 0, b: 'running' }) }, 'Failed', [0, 137]],
  ['that the backend never had', {}, 'Failed', [137, 137]],
])('podStatus() of the end of a pod %s is terminal, as are its containers', (_, input, phase, exitCodes) => {
  const pod = apiPod(undefined, { containers: [{ name: 'a' }, { name: 'b' }] });
  const status = statusOf({ pod, isFinal: true, ...input });
  expect(status.phase).toBe(phase);
  expect(status.containerStatuses?.map(({ state }) => state?.terminated?.exitCode)).toEqual(exitCodes);
});

test('podStatus() of the end of a pod that the backend lost keeps how its containers ended before', () => {
  const before = statusOf({
    pod: apiPod(undefined, { containers: [{ name: 'a' }, { name: 'b' }] }),
    report: reportOf({ a: 7, b: 'running' }),
  });
  const pod = apiPod(before, { containers: [{ name: 'a' }, { name: 'b' }] });
  expect(statusOf({ pod, isFinal: true })).toMatchObject({
    phase: 'Failed',
    containerStatuses: [
      { state: { terminated: { exitCode: 7, finishedAt: '2026-01-02T03:04:20Z' } } },
      {
        state: {
          terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: '2026-01-02T03:04:10Z' },
        },
      },
    ],
  });
});

/** As the API server gives a status back: it fills in, drops what is empty, and others add theirs. */
function echoOf(status: PodStatus): PodStatus {
  const echo = JSON.parse(
    JSON.stringify(status, (_key, value: unknown) => (value === '' ? undefined : value)),
  ) as PodStatus;
  for (const list of [echo.containerStatuses, echo.initContainerStatuses]) {
    for (const each of list ?? []) {
      Object.assign(each, {
        image: each.image ?? '',
        imageID: each.imageID ?? '',
        volumeMounts: [],
        user: { linux: {} },
      });
    }
  }
  return {
    ...echo,
    qosClass: 'BestEffort',
    conditions: [
      ...(echo.conditions ?? []).map((condition) => ({ lastProbeTime: null as unknown as string, ...condition })),
      { type: 'example.com/foreign', status: 'Unknown', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  };
}

const awkward: ContainerStatus = containerStatus('main', 'waiting', {
  state: { terminated: { exitCode: 0, signal: 0, reason: '', message: '', finishedAt: '2026-01-02T03:04:20.25Z' } },
  lastState: {},
  containerID: '',
});

test.each<[string, Partial<PodStatusInput>]>([
  ['a waiting pod', {}],
  ['a running pod', { report: reportOf({ main: 'running' }, { podIP: '10.0.0.9' }) }],
  [
    'a running pod without times',
    { report: podReport([containerStatus('main', 'running', { state: { running: {} } })]) },
  ],
  ['an ended pod', { report: reportOf({ main: 1 }) }],
  ['a pod in back-off', { report: reportOf({ main: 'backOff:1' }) }],
  ['a pod in trouble', { trouble: { reason: 'CreateContainerError', message: '' } }],
  ['a pod that the backend ended', { report: reportOf({ main: 1 }, { phase: 'Failed', reason: 'Evicted' }) }],
  ['a report of empty values', { report: podReport([awkward]) }],
  [
    'a pod with init containers',
    {
      pod: apiPod(undefined, { initContainers: [{ name: 'i' }] }),
      report: podReport(containerStatuses({ main: 'running' }), { initContainerStatuses: containerStatuses({ i: 0 }) }),
    },
  ],
  ['the end of a pod', { isFinal: true }],
])('podStatus() of %s, fed the API’s own answer, yields no patch', (_, input) => {
  const pod: Pod = input.pod ?? apiPod(undefined);
  const first = statusOf({ ...input, pod });
  expect(podStatusPatch(podUid, pod.status, first)).toBeDefined();
  const echoed = { ...pod, status: echoOf(first) };
  const second = statusOf({ ...input, pod: echoed, now: now + 3_600_000 });
  expect(podStatusPatch(podUid, echoed.status, second)).toBeUndefined();
});

test('podStatus() of a change yields a patch of that change alone, and keeps what the API added elsewhere', () => {
  const pod = apiPod(undefined);
  const echoed = { ...pod, status: echoOf(statusOf({ pod, report: reportOf({ main: 'running' }) })) };
  const later = statusOf({ pod: echoed, report: reportOf({ main: 0 }), now: now + 60_000 });
  const patch = podStatusPatch(podUid, echoed.status, later) as { status: PodStatus };
  expect(Object.keys(patch.status).sort()).toEqual(['conditions', 'containerStatuses']);
  expect(patch.status.conditions?.map(({ type }) => type)).toEqual(['Ready', 'ContainersReady']);
});
