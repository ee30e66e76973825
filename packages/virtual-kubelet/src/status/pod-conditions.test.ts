import type { PodCondition } from '@interlink/kube';
import type { ContainerStatus } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { type ConditionInput, podConditions } from './pod-conditions.ts';
import { containerStatus, containerStatuses } from './testing/statuses.ts';

const now = '2026-01-02T03:05:00Z';
const earlier = '2026-01-01T00:00:00Z';

function conditionsOf(input: Partial<ConditionInput>): Record<string, PodCondition> {
  const conditions = podConditions({
    phase: 'Running',
    initContainers: [],
    containers: [{ name: 'a' }],
    initStatuses: [],
    statuses: containerStatuses({ a: 'running' }),
    readinessGates: [],
    current: [],
    generation: 2,
    queued: undefined,
    resize: [],
    now,
    ...input,
  });
  return Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
}

/** Each condition as `True`, or `False Reason: message`. */
function wordsOf(input: Partial<ConditionInput>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(conditionsOf(input)).map(([type, { status, reason, message }]) => [
      type,
      `${status}${reason === undefined ? '' : ` ${reason}`}${message === undefined ? '' : `: ${message}`}`,
    ]),
  );
}

const allTrue = {
  PodReadyToStartContainers: 'True',
  Initialized: 'True',
  Ready: 'True',
  ContainersReady: 'True',
  PodScheduled: 'True',
};
const unready = (names: string) => `False ContainersNotReady: containers with unready status: [${names}]`;

test.each<[string, Partial<ConditionInput>, Record<string, string>]>([
  ['running', {}, allTrue],
  [
    'waiting',
    { phase: 'Pending', statuses: containerStatuses({ a: 'waiting' }) },
    { ...allTrue, PodReadyToStartContainers: 'False', Ready: unready('a'), ContainersReady: unready('a') },
  ],
  [
    'waiting for a restart',
    { statuses: containerStatuses({ a: 'backOff:1' }) },
    { ...allTrue, Ready: unready('a'), ContainersReady: unready('a') },
  ],
  [
    'of unknown containers',
    { containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], statuses: containerStatuses({ a: 1 }) },
    {
      ...allTrue,
      Ready: `False ContainersNotReady: containers with unknown status: [b c], containers with unready status: [a]`,
      ContainersReady: `False ContainersNotReady: containers with unknown status: [b c], containers with unready status: [a]`,
    },
  ],
  [
    'succeeded',
    { phase: 'Succeeded', statuses: containerStatuses({ a: 0 }) },
    {
      PodReadyToStartContainers: 'False',
      Initialized: 'True PodCompleted',
      Ready: 'False PodCompleted',
      ContainersReady: 'False PodCompleted',
      PodScheduled: 'True',
    },
  ],
  [
    'failed',
    { phase: 'Failed', statuses: containerStatuses({ a: 1 }) },
    { ...allTrue, PodReadyToStartContainers: 'False', Ready: 'False PodFailed', ContainersReady: 'False PodFailed' },
  ],
])('podConditions() of a pod that is %s', (_, input, expected) => {
  expect(wordsOf(input)).toEqual(expected);
});

test.each<[string, Partial<ConditionInput>, string]>([
  [
    'none begun',
    { initStatuses: [], statuses: containerStatuses({ a: 'waiting' }) },
    'False ContainersNotInitialized: containers with incomplete status: [i side]',
  ],
  [
    'the first done',
    { initStatuses: containerStatuses({ i: 0, side: 'starting' }), statuses: containerStatuses({ a: 'waiting' }) },
    'False ContainersNotInitialized: containers with incomplete status: [side]',
  ],
  [
    'the first failed',
    { initStatuses: containerStatuses({ i: 1, side: 'waiting' }), statuses: containerStatuses({ a: 'waiting' }) },
    'False ContainersNotInitialized: containers with incomplete status: [i side]',
  ],
  [
    'all done',
    { initStatuses: containerStatuses({ i: 0, side: 'running' }), statuses: containerStatuses({ a: 'waiting' }) },
    'True',
  ],
  [
    'the sidecar starting again while a container runs',
    { initStatuses: containerStatuses({ i: 0, side: 'backOff:1' }), statuses: containerStatuses({ a: 'running' }) },
    'True',
  ],
  [
    'the sidecar starting again while a container waits for its restart',
    { initStatuses: containerStatuses({ i: 0, side: 'backOff:1' }), statuses: containerStatuses({ a: 'backOff:1' }) },
    'True',
  ],
])('podConditions() Initialized, with an init container, a sidecar and %s', (_, input, expected) => {
  const initContainers = [{ name: 'i' }, { name: 'side', restartPolicy: 'Always' }];
  expect(wordsOf({ initContainers, ...input }).Initialized).toBe(expected);
});

test('podConditions() ContainersReady counts sidecars, but no other init containers', () => {
  const initContainers = [{ name: 'i' }, { name: 'side', restartPolicy: 'Always' }];
  const withSidecar = (side: 'starting' | 'running') =>
    wordsOf({ initContainers, initStatuses: containerStatuses({ i: 0, side }) }).ContainersReady;
  expect(withSidecar('starting')).toBe(unready('side'));
  expect(withSidecar('running')).toBe('True');
});

test('podConditions() Initialized takes a running sidecar for started where the backend does not say', () => {
  const initContainers = [{ name: 'side', restartPolicy: 'Always' }];
  const { started: _started, ...side } = containerStatus('side', 'running');
  const waiting = { initContainers, statuses: containerStatuses({ a: 'waiting' }) };
  expect(wordsOf({ ...waiting, initStatuses: [side] }).Initialized).toBe('True');
  expect(wordsOf({ ...waiting, initStatuses: [{ ...side, started: false }] }).Initialized).toMatch(/^False /);
});

// What a startup, readiness or liveness probe makes of a container reaches the pod by `started` and `ready` alone.
test.each<[string, Partial<ContainerStatus>, Partial<ContainerStatus>, string, string]>([
  ['both ready', {}, {}, 'True', 'True'],
  ['a container before its startup probe', {}, { started: false, ready: false }, 'True', unready('a')],
  ['a container whose readiness probe fails', {}, { ready: false }, 'True', unready('a')],
  ['a sidecar whose readiness probe fails', { ready: false }, {}, 'True', unready('side')],
  ['neither ready', { ready: false }, { ready: false }, 'True', unready('side a')],
  ['a sidecar that starts again beside a container', { started: false, ready: false }, {}, 'True', unready('side')],
])('podConditions() with probes, %s: Initialized and Ready', (_, side, main, initialized, ready) => {
  const words = wordsOf({
    initContainers: [{ name: 'side', restartPolicy: 'Always' }],
    initStatuses: [containerStatus('side', 'running', side)],
    statuses: [containerStatus('a', 'running', main)],
  });
  expect([words.Initialized, words.Ready, words.ContainersReady]).toEqual([initialized, ready, ready]);
});

test.each<[PodCondition[], string]>([
  [
    [],
    'False ReadinessGatesNotReady: corresponding condition of pod readiness gate "example.com/gate" does not exist.',
  ],
  [
    [{ type: 'example.com/gate', status: 'False' }],
    'False ReadinessGatesNotReady: the status of pod readiness gate "example.com/gate" is not "True", but False',
  ],
  [[{ type: 'example.com/gate', status: 'True' }], 'True'],
])('podConditions() Ready with a readiness gate and the conditions %j', (current, expected) => {
  const words = wordsOf({ readinessGates: ['example.com/gate'], current });
  expect([words.Ready, words.ContainersReady]).toEqual([expected, 'True']);
});

test('podConditions() Ready names unready containers before closed gates', () => {
  const statuses = containerStatuses({ a: 'waiting' });
  expect(wordsOf({ readinessGates: ['example.com/gate'], statuses }).Ready).toBe(unready('a'));
});

test('podConditions() keeps foreign conditions as they are, after ours', () => {
  const foreign: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'Preempted',
    observedGeneration: 1,
  };
  const conditions = podConditions({
    phase: 'Running',
    initContainers: [],
    containers: [{ name: 'a' }],
    initStatuses: [],
    statuses: containerStatuses({ a: 'running' }),
    readinessGates: [],
    current: [foreign],
    generation: 2,
    queued: undefined,
    resize: [],
    now,
  });
  expect(conditions.at(-1)).toBe(foreign);
  expect(conditions).toHaveLength(6);
});

test('podConditions() leaves the scheduler’s PodScheduled alone, and writes one that is missing', () => {
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: earlier };
  expect(conditionsOf({ current: [scheduled] }).PodScheduled).toBe(scheduled);
  expect(conditionsOf({}).PodScheduled).toMatchObject({ status: 'True', lastTransitionTime: now });
});

test('podConditions() moves lastTransitionTime only when the status flips', () => {
  const before = Object.values(conditionsOf({ now: earlier }));
  const statuses = containerStatuses({ a: 'backOff:1' });
  expect(conditionsOf({ current: before }).Ready?.lastTransitionTime).toBe(earlier);
  const flipped = conditionsOf({ current: before, statuses });
  expect([flipped.Ready?.lastTransitionTime, flipped.Initialized?.lastTransitionTime]).toEqual([now, earlier]);
  // Another reason is no flip.
  const failed = conditionsOf({ current: Object.values(flipped), phase: 'Failed', now: '2026-01-02T04:00:00Z' });
  expect(failed.Ready).toMatchObject({ reason: 'PodFailed', lastTransitionTime: now });
  expect(failed.Ready?.message).toBeUndefined();
});

test('podConditions() keeps lastProbeTime, takes an old reason away and tells the generation', () => {
  const current = [
    { type: 'Ready', status: 'False', reason: 'Old', message: 'old', lastProbeTime: null as unknown as string },
  ];
  expect(conditionsOf({ current }).Ready).toEqual({
    type: 'Ready',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
    observedGeneration: 2,
  });
  expect(conditionsOf({ generation: undefined }).Ready).not.toHaveProperty('observedGeneration');
});

test('podConditions() says what a queue says of a pod that it has not started', () => {
  const queued = 'PENDING: Resources; estimated start 2026-01-02T04:00:00Z';
  const waiting = { phase: 'Pending', statuses: containerStatuses({ a: 'waiting' }), queued } as const;
  expect(wordsOf(waiting).PodReadyToStartContainers).toBe(`False Queued: ${queued}`);
  expect(wordsOf({ queued }).PodReadyToStartContainers).toBe('True');
});

test('podConditions() shows what a resize waits for, and takes it back', () => {
  const resize = [{ type: 'PodResizePending', reason: 'Deferred', message: 'no room' }] as const;
  const pending = conditionsOf({ resize }).PodResizePending;
  expect(pending).toMatchObject({ status: 'True', reason: 'Deferred', message: 'no room', observedGeneration: 2 });
  if (pending === undefined) throw new Error('no condition');
  expect(conditionsOf({ current: [pending] })).not.toHaveProperty('PodResizePending');
});
