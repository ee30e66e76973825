import type { RestartSpec } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { podPhase } from './pod-phase.ts';
import { containerStatuses, type Doing } from './testing/statuses.ts';

type Doings = Readonly<Record<string, Doing>>;
type Policy = 'Always' | 'OnFailure' | 'Never';

interface Given {
  readonly init?: string[];
  readonly doing?: Doings;
  readonly isEnding?: boolean;
  /** What containers say of their own restarts, by name. */
  readonly own?: Readonly<Record<string, RestartSpec>>;
}

/** Init containers `i1`, `i2`; `side` is a sidecar. Containers `a`, `b`. Absent ones have no status. */
function phaseOf(policy: Policy, { init = [], doing = {}, isEnding = false, own = {} }: Given) {
  const main = Object.keys(doing).filter((name) => !init.includes(name));
  return podPhase({
    restartPolicy: policy,
    initContainers: init.map((name) => ({ name, ...(name === 'side' ? { restartPolicy: 'Always' } : own[name]) })),
    containers: (main.length > 0 ? main : ['a']).map((name) => ({ name, ...own[name] })),
    initStatuses: containerStatuses(doing).filter(({ name }) => init.includes(name)),
    statuses: containerStatuses(doing).filter(({ name }) => !init.includes(name)),
    isEnding,
  });
}

test.each<[Doings, string, string, string]>([
  //                                    Always     OnFailure    Never
  [{}, 'Pending', 'Pending', 'Pending'],
  [{ a: 'waiting' }, 'Pending', 'Pending', 'Pending'],
  [{ a: 'running' }, 'Running', 'Running', 'Running'],
  [{ a: 'running', b: 'waiting' }, 'Pending', 'Pending', 'Pending'],
  [{ a: 'running', b: 0 }, 'Running', 'Running', 'Running'],
  [{ a: 'running', b: 1 }, 'Running', 'Running', 'Running'],
  [{ a: 0 }, 'Running', 'Succeeded', 'Succeeded'],
  [{ a: 0, b: 0 }, 'Running', 'Succeeded', 'Succeeded'],
  [{ a: 1 }, 'Running', 'Running', 'Failed'],
  [{ a: 0, b: 137 }, 'Running', 'Running', 'Failed'],
  [{ a: 'backOff:1' }, 'Running', 'Running', 'Failed'],
  [{ a: 'backOff:1', b: 0 }, 'Running', 'Running', 'Failed'],
  [{ a: 'backOff:0', b: 0 }, 'Running', 'Succeeded', 'Succeeded'],
])('podPhase() of containers %j', (doing, always, onFailure, never) => {
  expect([phaseOf('Always', { doing }), phaseOf('OnFailure', { doing }), phaseOf('Never', { doing })]).toEqual([
    always,
    onFailure,
    never,
  ]);
});

test.each<[Doings, string]>([
  [{ a: 0 }, 'Succeeded'],
  [{ a: 0, b: 0 }, 'Succeeded'],
  [{ a: 137 }, 'Failed'],
  [{ a: 0, b: 1 }, 'Failed'],
  [{ a: 'running', b: 0 }, 'Running'],
  [{ a: 'waiting' }, 'Pending'],
])('podPhase() of a pod that is being ended, with containers %j, is %s whatever its restart policy', (doing, phase) => {
  for (const policy of ['Always', 'OnFailure', 'Never'] as const) {
    expect([policy, phaseOf(policy, { doing, isEnding: true })]).toEqual([policy, phase]);
  }
});

test.each<[Doings, string, string]>([
  //                                                         Always     Never
  [{ a: 'waiting' }, 'Pending', 'Pending'],
  [{ i1: 'running', a: 'waiting' }, 'Pending', 'Pending'],
  [{ i1: 0, i2: 'waiting', a: 'waiting' }, 'Pending', 'Pending'],
  [{ i1: 0, i2: 1, a: 'waiting' }, 'Pending', 'Failed'],
  [{ i1: 1, i2: 'waiting', a: 'waiting' }, 'Pending', 'Failed'],
  [{ i1: 0, i2: 0, a: 'waiting' }, 'Pending', 'Pending'],
  [{ i1: 0, i2: 0, a: 'running' }, 'Running', 'Running'],
  [{ i1: 0, i2: 0, a: 0 }, 'Running', 'Succeeded'],
  // The backend has forgotten the init containers of a pod that is past them.
  [{ a: 'running' }, 'Running', 'Running'],
])('podPhase() of init containers i1, i2 and containers %j', (doing, always, never) => {
  const init = ['i1', 'i2'];
  expect([phaseOf('Always', { init, doing }), phaseOf('Never', { init, doing })]).toEqual([always, never]);
});

test.each<[Doings, string]>([
  [{ side: 'waiting', a: 'waiting' }, 'Pending'],
  [{ side: 'starting', a: 'waiting' }, 'Pending'],
  [{ side: 'running', a: 'waiting' }, 'Pending'],
  [{ side: 'running', a: 'running' }, 'Running'],
  // A sidecar that starts again does not take the pod back to Pending.
  [{ side: 'backOff:1', a: 'running' }, 'Running'],
  // It outlives the containers: only then is the pod over.
  [{ side: 'running', a: 0 }, 'Running'],
  [{ side: 'running', a: 1 }, 'Running'],
  // How a sidecar ends does not count.
  [{ side: 143, a: 0 }, 'Succeeded'],
  [{ side: 0, a: 1 }, 'Failed'],
])('podPhase() of a sidecar and a container %j is %s (restart policy Never)', (doing, phase) => {
  expect(phaseOf('Never', { init: ['side'], doing })).toBe(phase);
});

const onExit42 = {
  restartPolicy: 'Never',
  restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
};

test.each<[Policy, Given['own'], Doings, string]>([
  ['Never', { a: { restartPolicy: 'Always' } }, { a: 0 }, 'Running'],
  ['Never', { a: { restartPolicy: 'Always' } }, { a: 'backOff:1' }, 'Running'],
  ['Never', { a: { restartPolicy: 'OnFailure' } }, { a: 1 }, 'Running'],
  ['Never', { a: { restartPolicy: 'OnFailure' } }, { a: 0 }, 'Succeeded'],
  // One that is run again is enough.
  ['Never', { a: { restartPolicy: 'OnFailure' } }, { a: 1, b: 1 }, 'Running'],
  ['Never', { a: { restartPolicy: 'OnFailure' } }, { a: 0, b: 1 }, 'Failed'],
  ['Never', { a: onExit42 }, { a: 42 }, 'Running'],
  ['Never', { a: onExit42 }, { a: 1 }, 'Failed'],
  ['Always', { a: { restartPolicy: 'Never' } }, { a: 1 }, 'Failed'],
  ['Always', { a: { restartPolicy: 'Never' } }, { a: 0 }, 'Succeeded'],
  ['Always', { a: { restartPolicy: 'Never' } }, { a: 1, b: 0 }, 'Running'],
  ['OnFailure', { a: { restartPolicy: 'Never' } }, { a: 1, b: 0 }, 'Failed'],
])('podPhase() in a pod that says %s, where containers say %j and are %j, is %s', (policy, own = {}, doing, phase) => {
  expect(phaseOf(policy, { doing, own })).toBe(phase);
});

test.each<[Policy, Given['own'], Doings, string]>([
  ['Never', { i1: { restartPolicy: 'OnFailure' } }, { i1: 1, a: 'waiting' }, 'Pending'],
  ['Never', { i1: onExit42 }, { i1: 'backOff:42', a: 'waiting' }, 'Pending'],
  ['Never', { i1: onExit42 }, { i1: 1, a: 'waiting' }, 'Failed'],
  ['Never', {}, { i1: 'backOff:1', a: 'waiting' }, 'Failed'],
  ['Always', { i1: { restartPolicy: 'Never' } }, { i1: 1, a: 'waiting' }, 'Failed'],
])('podPhase() in a pod that says %s, where init containers say %j, of %j is %s', (policy, own = {}, doing, phase) => {
  expect(phaseOf(policy, { init: ['i1'], doing, own })).toBe(phase);
});

test('podPhase() of a pod being ended is terminal, whatever its containers say of their restarts', () => {
  const own = { a: { restartPolicy: 'Always' } };
  expect(phaseOf('Never', { doing: { a: 143 }, own, isEnding: true })).toBe('Failed');
});

test.each<[Doings]>([[{ side: 143, i1: 1, a: 'waiting' }], [{ side: 'waiting', i1: 1, a: 'waiting' }]])(
  'podPhase() of a failed init container after a sidecar, %j, is Failed (restart policy Never)',
  (doing) => {
    expect(phaseOf('Never', { init: ['side', 'i1'], doing })).toBe('Failed');
  },
);
