import type { Pod } from '@interlink/kube';
import type { PodReport, RestartSpec } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { toApiContainerStatus, withoutUnended } from '../status/container-statuses.ts';
import { apiPod, containerStatuses, type Doing, podReport } from '../status/testing/statuses.ts';
import type { Reach } from './backend-mirror.ts';
import { nextStep } from './next-step.ts';

type Doings = Readonly<Record<string, Doing>>;

/** The API's pod with these containers; `deleted` has its deletion time set; `own` is what containers say of their restarts. */
function pod(
  doings: Doings,
  more: { phase?: string; policy?: string; isDeleted?: boolean; own?: Readonly<Record<string, RestartSpec>> } = {},
): Pod {
  return apiPod(
    { phase: more.phase ?? 'Pending', containerStatuses: containerStatuses(doings).map(toApiContainerStatus) },
    {
      restartPolicy: more.policy ?? 'Always',
      containers: Object.keys(doings).map((name) => ({ name, ...(more.own?.[name] as object) })),
    },
    more.isDeleted === true ? { deletionTimestamp: '2026-01-02T03:04:05Z' } : {},
  );
}

const report = (doings: Doings, init: Doings = {}): PodReport =>
  podReport(containerStatuses(doings), { initContainerStatuses: containerStatuses(init) });

const running = report({ main: 'running' });
const ended = report({ main: 0 });
const incomplete: PodReport = { ...report({}), incomplete: true };
const created = pod({ main: 'waiting' });
const begun = pod({ main: 'running' }, { phase: 'Running' });
const never = (doing: Doing) => pod({ main: doing }, { phase: 'Running', policy: 'Never' });

/** Given up here: nobody knew how its container ended. */
const lost = apiPod({
  phase: 'Failed',
  containerStatuses: withoutUnended(containerStatuses({ main: 'waiting' }), '').map((each) =>
    toApiContainerStatus(each),
  ),
});

/** The backend acts on the newest spec, and no deadline has passed. */
const current = { isBehind: false, passedDeadlineMs: undefined };

type Row = [what: string, pod: Pod | undefined, report: PodReport | undefined, steps: Record<Reach, string>];
const always = (step: string): Record<Reach, string> => ({ known: step, unknown: step, unreachable: step });
const whenKnown = (step: string): Record<Reach, string> => ({ known: step, unknown: 'none', unreachable: 'none' });

test.each<Row>([
  ['nothing anywhere', undefined, undefined, always('forget')],
  ['a pod at the backend only', undefined, running, whenKnown('remove-orphan')],
  ['an ended pod at the backend only', undefined, ended, whenKnown('remove-orphan')],

  ['a new pod', created, undefined, { known: 'create', unknown: 'none', unreachable: 'unreachable' }],
  ['a pod at both', created, running, always('report')],
  [
    'a pod that the backend has half',
    created,
    incomplete,
    { known: 'create', unknown: 'report', unreachable: 'report' },
  ],

  ['a pod that ran and may run again, lost', begun, undefined, whenKnown('create')],
  ['a pod that ran once, lost', never('running'), undefined, whenKnown('lost')],
  ['a pod that ended but is not over, lost', never(0), undefined, whenKnown('lost')],
  ['a pod that waits for its restart, lost', never('backOff:1'), undefined, whenKnown('lost')],
  [
    'a pod that never restarts, lost, whose only container does',
    pod({ main: 'running' }, { phase: 'Running', policy: 'Never', own: { main: { restartPolicy: 'Always' } } }),
    undefined,
    whenKnown('create'),
  ],
  [
    'a pod that may run again, lost, with a container that runs once',
    pod({ main: 'running', once: 0 }, { phase: 'Running', own: { once: { restartPolicy: 'Never' } } }),
    undefined,
    whenKnown('lost'),
  ],
  [
    'a pod that never began, lost',
    never('waiting'),
    undefined,
    { known: 'create', unknown: 'none', unreachable: 'unreachable' },
  ],

  ['a succeeded pod', pod({ main: 0 }, { phase: 'Succeeded' }), ended, always('none')],
  ['a failed pod that the backend forgot', pod({ main: 1 }, { phase: 'Failed' }), undefined, always('none')],
  ['a failed pod and a stale report', pod({ main: 1 }, { phase: 'Failed' }), running, always('none')],
  [
    'a failed pod of which a container still runs',
    pod({ main: 'running' }, { phase: 'Failed' }),
    ended,
    always('report'),
  ],
  ['a failed pod with a container lost', pod({ main: 'running' }, { phase: 'Failed' }), undefined, always('none')],

  ['a pod failed by us that runs', lost, running, whenKnown('end-late')],
  ['a pod failed by us that is in its init containers', lost, report({}, { i: 'running' }), whenKnown('end-late')],
  [
    'a pod that its backend has failed, and ends',
    lost,
    podReport(containerStatuses({ main: 'running' }), { phase: 'Failed' }),
    always('none'),
  ],
  ['a pod failed by us that has ended', lost, ended, always('none')],
  ['a pod failed by us that has not begun', lost, report({ main: 'waiting' }), always('none')],

  ['a deleted pod that runs', pod({}, { isDeleted: true }), running, always('stop')],
  ['a deleted pod that has ended', pod({}, { isDeleted: true }), ended, always('finish')],
  [
    'a deleted pod in its init containers',
    pod({}, { isDeleted: true }),
    report({ main: 0 }, { i: 'running' }),
    always('stop'),
  ],
  ['a deleted pod that has not begun', pod({}, { isDeleted: true }), report({ main: 'waiting' }), always('stop')],
  ['a deleted pod in back-off', pod({}, { isDeleted: true }), report({ main: 'backOff:1' }), always('stop')],
  ['a deleted pod whose report names no container', pod({}, { isDeleted: true }), report({}), always('stop')],
  ['a deleted pod that the backend has not', pod({}, { isDeleted: true }), undefined, whenKnown('finish')],
  ['a deleted, terminal pod', pod({ main: 0 }, { phase: 'Succeeded', isDeleted: true }), ended, always('finish')],
])('nextStep() for %s', (_, apiCopy, backendCopy, steps) => {
  for (const backend of ['known', 'unknown', 'unreachable'] as const) {
    const step = nextStep({ pod: apiCopy, report: backendCopy, backend, isAwaitingReport: false, ...current });
    expect([backend, step.kind]).toEqual([backend, steps[backend]]);
  }
});

test.each<[string, Pod, string]>([
  ['is not created twice', created, 'none'],
  ['is not lost', never('running'), 'none'],
  ['is stopped, not forgotten, when it is deleted', pod({}, { isDeleted: true }), 'stop'],
])('nextStep() while the report of a pod just handed over is on its way: it %s', (_, apiCopy, step) => {
  expect(nextStep({ pod: apiCopy, report: undefined, backend: 'known', isAwaitingReport: true, ...current }).kind).toBe(
    step,
  );
});

test('nextStep() leaves mirrors of static pods alone, deleted ones too', () => {
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  for (const deletionTimestamp of [undefined, '2026-01-02T03:04:05Z']) {
    const mirror = apiPod(undefined, {}, { annotations, ...(deletionTimestamp ? { deletionTimestamp } : {}) });
    expect(
      nextStep({ pod: mirror, report: undefined, backend: 'known', isAwaitingReport: false, ...current }).kind,
    ).toBe('none');
  }
});

test.each<[string, Pod, PodReport | undefined, Record<Reach, string>]>([
  ['a pod that runs', begun, running, { known: 'update', unknown: 'report', unreachable: 'report' }],
  ['a pod that the backend has half', begun, incomplete, { known: 'create', unknown: 'report', unreachable: 'report' }],
  ['a pod that ended', pod({ main: 0 }, { phase: 'Succeeded' }), ended, always('none')],
  ['a deleted pod', pod({}, { isDeleted: true }), running, always('stop')],
])('nextStep() when the backend acts on an older spec, for %s', (_, apiCopy, backendCopy, steps) => {
  for (const backend of ['known', 'unknown', 'unreachable'] as const) {
    const input = { pod: apiCopy, report: backendCopy, backend, isAwaitingReport: false };
    expect([backend, nextStep({ ...input, ...current, isBehind: true }).kind]).toEqual([backend, steps[backend]]);
  }
});

const [afterItsEnd, beforeItsEnd] = [Date.parse('2026-01-02T03:04:30Z'), Date.parse('2026-01-02T03:04:15Z')];

test.each<[string, number, Pod, PodReport | undefined, Record<Reach, string>]>([
  ['a pod that runs', beforeItsEnd, begun, running, always('expire')],
  ['a pod that was never started', beforeItsEnd, created, report({ main: 'waiting' }), always('expire')],
  ['a pod that the backend has not', beforeItsEnd, created, undefined, whenKnown('expired')],
  ['a pod that ended in time', afterItsEnd, never('running'), ended, always('report')],
  ['a pod that was ended after it', beforeItsEnd, never('running'), ended, always('expired')],
  ['a deleted pod', beforeItsEnd, pod({}, { isDeleted: true }), running, always('stop')],
  ['a failed pod', beforeItsEnd, pod({ main: 1 }, { phase: 'Failed' }), undefined, always('none')],
])('nextStep() past the deadline, for %s', (_, passedDeadlineMs, apiCopy, backendCopy, steps) => {
  for (const backend of ['known', 'unknown', 'unreachable'] as const) {
    const input = { pod: apiCopy, report: backendCopy, backend, isAwaitingReport: false, isBehind: false };
    expect([backend, nextStep({ ...input, passedDeadlineMs }).kind]).toEqual([backend, steps[backend]]);
  }
});
