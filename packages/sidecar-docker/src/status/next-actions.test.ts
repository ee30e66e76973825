import { describe, expect, test } from 'vitest';
import type { RestartPolicy } from '../identity/labels.ts';
import type { EngineContainer } from './engine-container.ts';
import { nextActions } from './next-actions.ts';
import { toSnapshot } from './pod-snapshot.ts';

type State = Partial<EngineContainer>;
const running: State = { status: 'running', startedAt: '2026-01-01T00:00:00Z' };
const created: State = { status: 'created' };
const broken: State = { status: 'created', error: 'exec: not found', exitCode: 127 };
const ended = (exitCode: number): State => ({ ...running, status: 'exited', exitCode });

interface Case {
  policy?: RestartPolicy;
  sandbox?: State;
  /** Init containers i0, i1, … and containers c0, c1, …; undefined: not created. */
  init?: (State | undefined)[];
  containers?: (State | undefined)[];
}

function starts({ policy = 'Never', sandbox = running, init = [], containers = [] }: Case): string[] {
  const places = [
    ...init.map((state, index) => ({ name: `i${index}`, kind: 'init' as const, state })),
    ...containers.map((state, index) => ({ name: `c${index}`, kind: 'container' as const, state })),
  ];
  const pod = {
    owner: { cluster: 'c', node: 'n' },
    uid: 'u',
    namespace: 'ns',
    name: 'p',
    restartPolicy: policy,
    generation: 1,
    outline: places.map(({ name, kind }) => ({ name, kind, image: 'busybox' })),
  };
  const made = places.flatMap(({ name, kind, state }, position) =>
    state === undefined ? [] : [container({ container: name, kind, position, attempt: 0, imageId: '' }, state)],
  );
  const holder = container(
    { container: '', kind: 'sandbox', position: -1, attempt: 0, imageId: '' },
    { mayRestart: true, ...sandbox },
  );
  return nextActions(toSnapshot(pod, [holder, ...made])).map((action) => action.id);
}

function container(labels: EngineContainer['labels'], state: State): EngineContainer {
  return {
    ...{ id: labels.container === '' ? 'sandbox' : labels.container, labels, status: 'created', exitCode: 0 },
    ...{ wasOutOfMemory: false, error: '', startedAt: undefined, finishedAt: undefined, createdAt: '' },
    ...{ restartCount: 0, mayRestart: false, isTerminal: false, input: 'none' as const, ip: undefined, ...state },
  };
}

describe('nextActions()', () => {
  test.each<[string, Case, string[]]>([
    ['starts the sandbox before anything else', { sandbox: created, containers: [created] }, ['sandbox']],
    ['starts a sandbox again that has ended', { sandbox: ended(137), containers: [running] }, ['sandbox']],
    ['starts all containers together', { containers: [created, created] }, ['c0', 'c1']],
    ['starts those that are there', { containers: [undefined, created] }, ['c1']],
    ['starts the first init container alone', { init: [created, created], containers: [created] }, ['i0']],
    ['waits for the running init container', { init: [running, created], containers: [created] }, []],
    ['starts the next init container', { init: [ended(0), created], containers: [created] }, ['i1']],
    ['waits for an init container that is not created yet', { init: [undefined, created], containers: [created] }, []],
    ['starts the containers after the last init container', { init: [ended(0)], containers: [created] }, ['c0']],
    ['stops at a failed init container', { init: [ended(1)], containers: [created] }, []],
    ['starts a failed init container again', { policy: 'OnFailure', init: [ended(1)], containers: [created] }, ['i0']],
    ['leaves a restarting one to the engine', { policy: 'Always', containers: [{ status: 'restarting' }] }, []],
    ['leaves what has ended alone with policy Never', { containers: [ended(0), ended(1), broken] }, []],
    [
      'starts again what failed with OnFailure',
      { policy: 'OnFailure', containers: [ended(0), ended(1), broken] },
      ['c1', 'c2'],
    ],
    ['starts again what ended with Always', { policy: 'Always', containers: [ended(0), ended(1)] }, ['c0', 'c1']],
    [
      'does nothing for a pod that is to go',
      { policy: 'Always', sandbox: { ...running, mayRestart: false }, containers: [created] },
      [],
    ],
  ])('%s', (_, given, wanted) => {
    expect(starts(given)).toEqual(wanted);
  });
});
