import { describe, expect, test } from 'vitest';
import type { Ending } from '../container-runtime.ts';
import { created, ended, type Given, planAt, problemAt, running, runningSince, starting } from '../testing/given.ts';
import { containerOf, sidecarOf } from '../testing/pods.ts';
import { at, startMs } from '../testing/simulated-clock.ts';

type Case = readonly [what: string, seconds: number, given: Given, plan: string[]];

const never = { restartPolicy: 'Never' as const };
const newImage = { containers: [containerOf('main', { image: 'busybox:2' })] };
const old = { ...running, image: 'busybox:1' };
const failedProbe = (probe: 'liveness' | 'startup', graceSeconds?: number) => ({
  ...running,
  health: { started: true, ready: false, failure: { probe, failedAtMs: startMs + 5_000, graceSeconds } },
});

describe('containerSteps() restarts', () => {
  const after = (failuresBefore: number, more: Partial<Ending> = {}): Given => ({
    attempts: { main: [{ ...ended(1, more), failuresBefore }] },
  });
  const cases: Case[] = [
    ['at once after the first end', 1, after(0), ['create main/1 after 1']],
    ['10 s after the second', 1, after(1), ['look at 11']],
    ['when these are over', 11, after(1), ['create main/1 after 2']],
    ['20 s after the third', 1, after(2), ['look at 21']],
    ['160 s after the sixth', 1, after(5), ['look at 161']],
    ['never later than 5 min after', 1, after(6), ['look at 301']],
    ['never later than 5 min after, however often', 1, after(600), ['look at 301']],
    [
      'after another look, by a clock that is behind the end',
      1,
      after(0, { startedAt: at(599), finishedAt: at(600) }),
      ['look at 11'],
    ],
    ['as in the beginning after 10 min', 600, after(6, { finishedAt: at(600) }), ['create main/1 after 1']],
    ['not so a moment earlier', 599, after(6, { finishedAt: at(599) }), ['look at 899']],
    [
      'not before the back-off of what failed is over',
      1,
      { ...after(0), problems: { main: problemAt(0, 'CreateContainerError') } },
      ['look at 10'],
    ],
    [
      'from the attempt before, without the request',
      1,
      { ...after(0), runtime: { hasRequest: false } },
      ['create main/1 after 1'],
    ],
    [
      'nothing that is gone, without the request',
      1,
      { attempts: { main: [{ ...ended(1), isLost: true }] }, runtime: { hasRequest: false } },
      [],
    ],
    [
      'what is gone, with the request',
      1,
      { attempts: { main: [{ ...ended(1), isLost: true }] } },
      ['create main/1 after 1'],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

describe('containerSteps() stops', () => {
  const cases: Case[] = [
    [
      'a container that is not alive',
      6,
      { attempts: { main: [failedProbe('liveness')] } },
      ['stop main/0 until 35 for liveness'],
    ],
    [
      'one that does not start up',
      6,
      { attempts: { main: [failedProbe('startup')] } },
      ['stop main/0 until 35 for startup'],
    ],
    [
      "within the probe's own time",
      6,
      { attempts: { main: [failedProbe('liveness', 3)] } },
      ['stop main/0 until 8 for liveness'],
    ],
    [
      "within the pod's time",
      6,
      { spec: { terminationGracePeriodSeconds: 7 }, attempts: { main: [failedProbe('liveness')] } },
      ['stop main/0 until 12 for liveness'],
    ],
    [
      'one whose postStart failed',
      6,
      { attempts: { main: [{ ...running, postStart: { failedAtMs: startMs + 2_000 } }] } },
      ['stop main/0 until 32 for post-start'],
    ],
    [
      'one that runs in a sandbox that is no more',
      6,
      { attempts: { main: [running] }, runtime: { sandboxSince: at(5) } },
      ['stop main/0 until 36 for sandbox-changed'],
    ],
    [
      'none that is as old as its sandbox',
      6,
      { attempts: { main: [runningSince(5)] }, runtime: { sandboxSince: at(5) } },
      [],
    ],
    [
      'none whose image is another before the new one is there',
      6,
      { spec: { ...newImage, ...never }, attempts: { main: [old] } },
      ['create main/1'],
    ],
    [
      'none whose new image is not to be had',
      6,
      { spec: newImage, attempts: { main: [old] }, problems: { main: problemAt(0) } },
      ['look at 10'],
    ],
    [
      'one in whose place another is there',
      6,
      { spec: { ...newImage, ...never }, attempts: { main: [old, created] } },
      ['stop main/0 until 36 for replaced'],
    ],
    [
      'none that is only about to run',
      6,
      { spec: newImage, attempts: { main: [{ ...old, ...starting }, created] } },
      [],
    ],
    [
      'none of the init containers that run for another image',
      6,
      {
        spec: { initContainers: [containerOf('init', { image: 'busybox:2' })] },
        attempts: { init: [old], main: [created] },
      },
      [],
    ],
    [
      'no sidecar whose image is another before the new one is there',
      6,
      {
        spec: { initContainers: [sidecarOf('proxy', { image: 'busybox:2' })] },
        attempts: { proxy: [old], main: [running] },
      },
      ['create proxy/1'],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});

describe('containerSteps() starts', () => {
  const cases: Case[] = [
    [
      'what takes the place of a container with another image, when that has ended',
      6,
      { spec: { ...newImage, ...never }, attempts: { main: [{ ...ended(143), image: 'busybox:1' }, created] } },
      ['start main/1'],
    ],
    [
      'nothing with an image that the pod had before',
      6,
      { spec: newImage, attempts: { main: [{ ...created, image: 'busybox:1' }] } },
      ['create main/1'],
    ],
    ['postStart', 0, { attempts: { main: [{ ...running, postStart: 'due' }] } }, ['postStart main/0']],
    ['postStart once', 0, { attempts: { main: [{ ...running, postStart: 'running' }] } }, []],
    [
      'again what could not be started, after the back-off',
      9,
      { attempts: { main: [created] }, problems: { main: problemAt(0, 'RunContainerError') } },
      ['look at 10'],
    ],
    [
      'no ephemeral container again',
      60,
      { spec: { ephemeralContainers: [containerOf('debug')] }, attempts: { main: [running], debug: [ended(1)] } },
      [],
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, plan) => expect(planAt(seconds, given)).toEqual(plan));
});
