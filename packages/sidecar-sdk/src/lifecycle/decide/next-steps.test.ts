import { describe, expect, test } from 'vitest';
import { created, ended, type Given, planAt, problemAt, running, starting } from '../testing/given.ts';
import { containerOf, podOf, sidecarOf } from '../testing/pods.ts';
import { startMs } from '../testing/simulated-clock.ts';

const main = containerOf('main');
const inits = { initContainers: [containerOf('a'), containerOf('b')] };
const sidecars = { initContainers: [sidecarOf('s1'), containerOf('init'), sidecarOf('s2')] };
const debug = { ephemeralContainers: [containerOf('debug')] };
const never = { restartPolicy: 'Never' as const };
const notStarted = { started: false, ready: false };

type Case = readonly [what: string, seconds: number, given: Given, plan: string[]];

describe('nextSteps() makes', () => {
  const cases: Case[] = [
    [
      'a sandbox first, and all containers beside it',
      0,
      { runtime: { sandbox: 'stopped' } },
      ['startSandbox', 'create main/0'],
    ],
    ['no sandbox that is on its way', 0, { runtime: { sandbox: 'changing' }, attempts: { main: [created] } }, []],
    [
      'no sandbox before the back-off is over',
      5,
      { runtime: { sandbox: 'stopped' }, attempts: { main: [created] }, sandboxRetryAtMs: startMs + 10_000 },
      ['look at 10'],
    ],
    ['volumes before the first container', 0, { preparation: 'due' }, ['prepare']],
    ['volumes again when the back-off is over', 10, { preparation: problemAt(0) }, ['prepare']],
    ['no volumes before', 9, { preparation: problemAt(0) }, ['look at 10']],
    ['no volumes for a pod that has its containers', 0, { preparation: 'due', attempts: { main: [running] } }, []],
    [
      'all containers at once',
      0,
      { spec: { ...inits, containers: [main, containerOf('other')] } },
      ['create a/0', 'create b/0', 'create main/0', 'create other/0'],
    ],
    ['nothing without the request', 0, { runtime: { hasRequest: false } }, []],
    [
      'nothing that waits for its back-off',
      9,
      { problems: { main: problemAt(0, 'CreateContainerError') } },
      ['look at 10'],
    ],
    ['again what has waited', 10, { problems: { main: problemAt(0, 'CreateContainerError') } }, ['create main/0']],
    ['a look when a pull error becomes a back-off', 1, { problems: { main: problemAt(0) } }, ['look at 2']],
    [
      'an ephemeral container beside those that run',
      0,
      { spec: debug, attempts: { main: [running] } },
      ['create debug/0'],
    ],
    [
      'an ephemeral container beside those that wait',
      0,
      { spec: { ...inits, ...debug }, attempts: { a: [running], b: [created], main: [created], debug: [created] } },
      ['start debug/0'],
    ],
    [
      'no init container again that is gone when a later one has run',
      0,
      { spec: inits, attempts: { b: [running], main: [created] } },
      [],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

describe('nextSteps() starts', () => {
  const cases: Case[] = [
    ['nothing without a sandbox', 0, { runtime: { sandbox: 'changing' }, attempts: { main: [created] } }, []],
    [
      'the first init container',
      0,
      { spec: inits, attempts: { a: [created], b: [created], main: [created] } },
      ['start a/0'],
    ],
    ['none beside one that runs', 0, { spec: inits, attempts: { a: [running], b: [created], main: [created] } }, []],
    [
      'none beside one that is about to run',
      0,
      { spec: inits, attempts: { a: [starting], b: [created], main: [created] } },
      [],
    ],
    [
      'the second after the first',
      1,
      { spec: inits, attempts: { a: [ended(0)], b: [created], main: [created] } },
      ['start b/0'],
    ],
    [
      'all containers after the last',
      1,
      {
        spec: { ...inits, containers: [main, containerOf('other')] },
        attempts: { a: [ended(0)], b: [ended(0)], main: [created], other: [created] },
      },
      ['start main/0', 'start other/0'],
    ],
    [
      'the containers although an init container is gone once one of them has run',
      1,
      { spec: { ...inits, containers: [main, containerOf('other')] }, attempts: { main: [running], other: [created] } },
      ['start other/0'],
    ],
    [
      'nothing after an init container that failed for good',
      1,
      { spec: { ...inits, ...never }, attempts: { a: [ended(1)], b: [created], main: [created] } },
      [],
    ],
    [
      'an init container after a sidecar only when that has started',
      0,
      {
        spec: sidecars,
        attempts: { s1: [{ ...running, health: notStarted }], init: [created], s2: [created], main: [created] },
      },
      [],
    ],
    [
      'an init container after a sidecar only when its postStart is over',
      0,
      {
        spec: sidecars,
        attempts: { s1: [{ ...running, postStart: 'running' }], init: [created], s2: [created], main: [created] },
      },
      [],
    ],
    [
      'an init container after a sidecar that has started',
      0,
      { spec: sidecars, attempts: { s1: [running], init: [created], s2: [created], main: [created] } },
      ['start init/0'],
    ],
    [
      'a sidecar after an init container',
      1,
      { spec: sidecars, attempts: { s1: [running], init: [ended(0)], s2: [created], main: [created] } },
      ['start s2/0'],
    ],
    [
      'a sidecar again also in a pod that says Never, while an init container runs',
      1,
      {
        spec: { ...sidecars, ...never },
        attempts: { s1: [running], init: [running], s2: [created], main: [created] },
      },
      [],
    ],
    [
      'a sidecar again that has ended well, in a pod that says Never',
      1,
      {
        spec: { ...sidecars, ...never },
        attempts: { s1: [ended(0)], init: [ended(0)], s2: [running], main: [running] },
      },
      ['create s1/1 after 1'],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

describe('nextSteps() removes', () => {
  const cases: Case[] = [
    [
      'attempts before the one before the newest',
      1,
      { attempts: { main: [ended(1), ended(1), ended(1), running] } },
      ['removeAttempt main/1', 'removeAttempt main/0'],
    ],
    [
      'none while the newest was not started',
      1,
      { attempts: { main: [ended(1), ended(1), created] } },
      ['start main/2'],
    ],
    ['none that still runs', 1, { attempts: { main: [running, ended(1), running] } }, []],
    ['none that is gone already', 1, { attempts: { main: [{ ...ended(1), isLost: true }, ended(1), running] } }, []],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

test('nextSteps() says the same again until something has changed', () => {
  const given = { spec: podOf(inits).spec, attempts: { a: [ended(1)], b: [created], main: [created] } };
  expect(planAt(1, given)).toEqual(planAt(1, given));
});
