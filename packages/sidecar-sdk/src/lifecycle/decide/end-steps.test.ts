import { describe, expect, test } from 'vitest';
import { created, ended, type Given, planAt, problemAt, running, starting } from '../testing/given.ts';
import { containerOf, sidecarOf } from '../testing/pods.ts';
import { at, startMs } from '../testing/simulated-clock.ts';

type Case = readonly [what: string, seconds: number, given: Given, plan: string[]];

const until = (seconds: number | undefined) => ({
  deletion: { killAtMs: seconds === undefined ? undefined : startMs + seconds * 1_000 },
});
const never = { restartPolicy: 'Never' as const };
const sidecars = { initContainers: [sidecarOf('s1'), sidecarOf('s2')] };
const debug = { ephemeralContainers: [containerOf('debug')] };

describe('endSteps() of a deleted pod', () => {
  const cases: Case[] = [
    [
      'stops what runs',
      0,
      { attempts: { main: [running] }, runtime: until(30) },
      ['stop main/0 until 30 for pod-ends', 'look at 30'],
    ],
    [
      "gives it the pod's own time when nobody remembers another",
      5,
      { attempts: { main: [running] }, runtime: until(undefined) },
      ['stop main/0 until 35 for pod-ends', 'look at 35'],
    ],
    [
      'stops containers and ephemeral ones together, sidecars not yet',
      0,
      {
        spec: { ...sidecars, ...debug },
        attempts: { s1: [running], s2: [running], main: [running], debug: [running] },
        runtime: until(30),
      },
      ['stop main/0 until 30 for pod-ends', 'stop debug/0 until 30 for pod-ends', 'look at 30'],
    ],
    [
      'stops the last sidecar next',
      0,
      { spec: sidecars, attempts: { s1: [running], s2: [running], main: [ended(143)] }, runtime: until(30) },
      ['stop s2/0 until 30 for pod-ends', 'look at 30'],
    ],
    [
      'stops the first sidecar last',
      0,
      { spec: sidecars, attempts: { s1: [running], s2: [ended(143)], main: [ended(143)] }, runtime: until(30) },
      ['stop s1/0 until 30 for pod-ends', 'look at 30'],
    ],
    [
      'kills all of them when the time is over, what is about to run as well',
      30,
      { spec: sidecars, attempts: { s1: [running], s2: [starting], main: [running] }, runtime: until(30) },
      ['stop s1/0 until 30 for pod-ends', 'stop s2/0 until 30 for pod-ends', 'stop main/0 until 30 for pod-ends'],
    ],
    ['waits for what is about to run', 0, { attempts: { main: [starting] }, runtime: until(30) }, ['look at 30']],
    [
      'stops both of two attempts',
      0,
      { attempts: { main: [running, running] }, runtime: until(30) },
      ['stop main/1 until 30 for pod-ends', 'stop main/0 until 30 for pod-ends', 'look at 30'],
    ],
    ['removes it when nothing runs any more', 0, { attempts: { main: [ended(143)] }, runtime: until(30) }, ['remove']],
    ['removes it when nothing was ever started', 0, { attempts: { main: [created] }, runtime: until(30) }, ['remove']],
    ['removes it when nothing was ever made', 0, { runtime: until(30), problems: { main: problemAt(0) } }, ['remove']],
    [
      'removes it without its sandbox',
      0,
      { attempts: { main: [ended(0)] }, runtime: { ...until(30), sandbox: 'lost' } },
      ['remove'],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

describe('endSteps() of a pod that has finished', () => {
  const done = { main: [ended(0)] };
  const cases: Case[] = [
    ['does nothing', 1, { spec: never, attempts: done }, []],
    ['does not wait for a sandbox', 1, { spec: never, attempts: done, runtime: { sandbox: 'stopped' } }, []],
    [
      'waits for the last container',
      1,
      {
        spec: { ...never, containers: [containerOf('main'), containerOf('other')] },
        attempts: { ...done, other: [running] },
      },
      [],
    ],
    [
      'stops its sidecars, the last first',
      2,
      { spec: { ...never, ...sidecars }, attempts: { ...done, s1: [running], s2: [running] } },
      ['stop s2/0 until 31 for pod-ends', 'look at 31'],
    ],
    [
      'restarts no sidecar',
      60,
      { spec: { ...never, ...sidecars }, attempts: { ...done, s1: [ended(1)], s2: [ended(0)] } },
      [],
    ],
    [
      'stops its ephemeral containers',
      2,
      { spec: { ...never, ...debug }, attempts: { ...done, debug: [running] } },
      ['stop debug/0 until 31 for pod-ends', 'look at 31'],
    ],
    ['makes no ephemeral container', 2, { spec: { ...never, ...debug }, attempts: done }, []],
    [
      'restarts no sidecar of an init container that failed for good',
      60,
      {
        spec: { ...never, initContainers: [sidecarOf('s1'), containerOf('init')] },
        attempts: { s1: [ended(143)], init: [ended(1)], main: [created] },
      },
      [],
    ],
    [
      'restarts no sidecar of a container that could not be started',
      60,
      {
        spec: { ...never, initContainers: [sidecarOf('s1')] },
        attempts: {
          s1: [ended(143)],
          main: [{ state: { kind: 'ended', ending: { exitCode: 128, finishedAt: at(1) } } }],
        },
      },
      [],
    ],
    [
      'stops the sidecars of an init container that failed for good',
      2,
      {
        spec: { ...never, initContainers: [sidecarOf('s1'), containerOf('init')] },
        attempts: { s1: [running], init: [ended(1)], main: [created] },
      },
      ['stop s1/0 until 31 for pod-ends', 'look at 31'],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

describe('endSteps() of a pod that has failed', () => {
  const deadline = { activeDeadlineSeconds: 10 };
  const evicted = { failure: { reason: 'Evicted', message: 'too much', atMs: startMs + 5_000 } };
  const cases: Case[] = [
    [
      'comes at its deadline',
      10,
      { spec: deadline, attempts: { main: [running] } },
      ['stop main/0 until 40 for pod-ends', 'look at 40'],
    ],
    ['not before', 9, { spec: deadline, attempts: { main: [running] } }, ['look at 10']],
    [
      'counts from when the pod was taken',
      10,
      { spec: deadline, attempts: { main: [running] }, runtime: { acceptedAt: at(5) } },
      ['look at 15'],
    ],
    [
      'leaves the whole grace period to what is found past its deadline',
      60,
      { spec: deadline, attempts: { main: [running] }, overdueSinceMs: startMs + 60_000 },
      ['stop main/0 until 90 for pod-ends', 'look at 90'],
    ],
    ['comes at the deadline of what was never made', 10, { spec: deadline, problems: { main: problemAt(0) } }, []],
    [
      'leaves 1 s at an eviction',
      5,
      { attempts: { main: [running] }, runtime: evicted },
      ['stop main/0 until 6 for pod-ends', 'look at 6'],
    ],
    ['restarts nothing', 60, { attempts: { main: [ended(137)] }, runtime: evicted }, []],
    [
      'comes with the loss of the sandbox',
      5,
      { attempts: { main: [running] }, runtime: { sandbox: 'lost' } },
      ['stop main/0 until 35 for pod-ends', 'look at 35'],
    ],
    ['removes nothing', 60, { attempts: { main: [ended(143)] }, runtime: { sandbox: 'lost' } }, []],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});
