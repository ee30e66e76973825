import type { ContainerStatus } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import {
  created,
  ended,
  factsOf,
  type Given,
  type GivenAttempt,
  problemAt,
  running,
  runningSince,
  starting,
} from '../testing/given.ts';
import { containerOf, podUid, sidecarOf } from '../testing/pods.ts';
import { at, startMs } from '../testing/simulated-clock.ts';
import { toPodReport } from './to-pod-report.ts';

/** Of a container, `main` if no other is named, at a time. */
function statusAt(seconds: number, given: Given, container = 'main'): ContainerStatus {
  const { status } = toPodReport(factsOf(given), startMs + seconds * 1_000);
  const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = status;
  const found = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].find(
    ({ name }) => name === container,
  );
  if (found === undefined) throw new Error(`no status of ${container}`);
  return found;
}

const init = { initContainers: [containerOf('init')] };
const never = { restartPolicy: 'Never' as const };
const startError = { reason: 'StartError', message: 'no such program' };

describe('toContainerStatus() of a container that waits', () => {
  type Case = readonly [what: string, seconds: number, given: Given, waiting: ContainerStatus['state']['waiting']];
  const crashed = { ...ended(1), failuresBefore: 2 };
  const cases: Case[] = [
    ['is being created', 0, {}, { reason: 'ContainerCreating' }],
    ['is made', 0, { attempts: { main: [created] } }, { reason: 'ContainerCreating' }],
    ['is about to run', 0, { attempts: { main: [starting] } }, { reason: 'ContainerCreating' }],
    ['waits for init containers', 0, { spec: init, attempts: { init: [running] } }, { reason: 'PodInitializing' }],
    [
      'waits for its hook',
      0,
      { attempts: { main: [{ ...running, postStart: 'running' }] } },
      { reason: 'ContainerCreating' },
    ],
    ['has no image', 1, { problems: { main: problemAt(0) } }, { reason: 'ErrImagePull', message: 'no such image' }],
    [
      'has had no image for some time',
      2,
      { problems: { main: problemAt(0) } },
      { reason: 'ImagePullBackOff', message: 'Back-off pulling image "busybox": ErrImagePull: no such image' },
    ],
    [
      'has no configuration',
      60,
      { problems: { main: problemAt(0, 'CreateContainerConfigError', 'configmap "x" not found') } },
      { reason: 'CreateContainerConfigError', message: 'configmap "x" not found' },
    ],
    [
      'is in a back-off',
      2,
      { attempts: { main: [crashed] } },
      { reason: 'CrashLoopBackOff', message: `back-off 20s restarting failed container=main pod=p_ns(${podUid})` },
    ],
    [
      'is in a long one',
      2,
      { attempts: { main: [{ ...crashed, failuresBefore: 4 }] } },
      { reason: 'CrashLoopBackOff', message: `back-off 1m20s restarting failed container=main pod=p_ns(${podUid})` },
    ],
    [
      'is in the longest',
      2,
      { attempts: { main: [{ ...crashed, failuresBefore: 9 }] } },
      { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container=main pod=p_ns(${podUid})` },
    ],
    [
      'could not be started',
      2,
      { attempts: { main: [{ ...ended(128, startError), failuresBefore: 1 }] } },
      { reason: 'RunContainerError', message: 'no such program' },
    ],
    [
      'can not be started again',
      2,
      { attempts: { main: [ended(1), created] }, problems: { main: problemAt(0, 'RunContainerError', 'busy') } },
      { reason: 'RunContainerError', message: 'busy' },
    ],
    [
      'has no image for its restart',
      1,
      { attempts: { main: [ended(1)] }, problems: { main: problemAt(0) } },
      { reason: 'ErrImagePull', message: 'no such image' },
    ],
  ];
  test.each(cases)('%s', (_, seconds, given, waiting) => {
    expect(statusAt(seconds, given)).toMatchObject({ state: { waiting }, ready: false, started: false });
  });
});

describe('toContainerStatus() of a container that has ended', () => {
  type Case = readonly [what: string, given: Given, container: string, terminated: Record<string, unknown>];
  const unstarted = { ...startError, finishedAt: at(0) };
  const cases: Case[] = [
    ['well', { spec: never, attempts: { main: [ended(0)] } }, 'main', { exitCode: 0, reason: 'Completed' }],
    ['badly', { spec: never, attempts: { main: [ended(3)] } }, 'main', { exitCode: 3, reason: 'Error' }],
    [
      'for memory',
      { spec: never, attempts: { main: [ended(137, { reason: 'OOMKilled', signal: 9 })] } },
      'main',
      { exitCode: 137, reason: 'OOMKilled', signal: 9 },
    ],
    ['before it ran', { spec: never, attempts: { main: [ended(128, unstarted)] } }, 'main', { reason: 'StartError' }],
    ['and is restarted at once', { attempts: { main: [ended(1)] } }, 'main', { exitCode: 1, reason: 'Error' }],
    ['and has its successor made', { attempts: { main: [ended(1), created] } }, 'main', { exitCode: 1 }],
    ['in its work', { spec: init, attempts: { init: [ended(0)], main: [running] } }, 'init', { reason: 'Completed' }],
    [
      'in its work, and is gone',
      { spec: init, attempts: { main: [running] } },
      'init',
      {
        exitCode: 0,
        reason: 'Completed',
        message:
          'Unable to get init container status from container runtime and pod has been initialized, treat it as exit normally',
      },
    ],
    [
      'with its pod, a sidecar that was restarted before',
      {
        spec: { ...never, initContainers: [sidecarOf('proxy')] },
        attempts: { proxy: [{ ...ended(143), failuresBefore: 3 }], main: [ended(0)] },
      },
      'proxy',
      { exitCode: 143, reason: 'Error' },
    ],
    [
      'in a pod that is deleted, although it was to be restarted',
      { attempts: { main: [{ ...ended(1), failuresBefore: 3 }] }, runtime: { deletion: { killAtMs: startMs } } },
      'main',
      { exitCode: 1, reason: 'Error' },
    ],
    [
      'before it began, in a pod that is deleted',
      { attempts: { main: [created] }, runtime: { deletion: { killAtMs: startMs } } },
      'main',
      { exitCode: 137, reason: 'ContainerStatusUnknown', finishedAt: at(0) },
    ],
  ];
  test.each(cases)('%s', (_, given, container, terminated) => {
    expect(statusAt(2, given, container).state).toMatchObject({ terminated });
  });

  test('tells which container it was', () => {
    expect(statusAt(2, { spec: never, attempts: { main: [ended(0)] } })).toMatchObject({
      containerID: 'simulated://main/0',
      state: { terminated: { containerID: 'simulated://main/0', startedAt: at(0), finishedAt: at(1) } },
    });
  });
});

describe('toContainerStatus() of a container that runs', () => {
  type Case = readonly [what: string, given: Given, container: string, status: Partial<ContainerStatus>];
  const healthOf = (started: boolean, ready: boolean) => ({ ...running, health: { started, ready } });
  const proxy = { initContainers: [sidecarOf('proxy')] };
  const cases: Case[] = [
    [
      'is ready without probes',
      { attempts: { main: [running] } },
      'main',
      { started: true, ready: true, restartCount: 0 },
    ],
    [
      'is not started before its probe says so',
      { attempts: { main: [healthOf(false, false)] } },
      'main',
      { started: false, ready: false },
    ],
    [
      'is not ready before its probe says so',
      { attempts: { main: [healthOf(true, false)] } },
      'main',
      { started: true, ready: false },
    ],
    [
      'is not ready when it has not started',
      { attempts: { main: [healthOf(false, true)] } },
      'main',
      { started: false, ready: false },
    ],
    [
      'is not ready in a pod that goes',
      { attempts: { main: [running] }, runtime: { deletion: { killAtMs: startMs } } },
      'main',
      { started: true, ready: false },
    ],
    ['is not ready as an init container', { spec: init, attempts: { init: [running] } }, 'init', { ready: false }],
    [
      'is never ready as an ephemeral container',
      { spec: { ephemeralContainers: [containerOf('debug')] }, attempts: { debug: [running] } },
      'debug',
      { ready: false },
    ],
    ['is ready as a sidecar', { spec: proxy, attempts: { proxy: [running] } }, 'proxy', { started: true, ready: true }],
    ['has nothing before it', { attempts: { main: [running] } }, 'main', { state: { running: { startedAt: at(0) } } }],
  ];
  test.each(cases)('%s', (_, given, container, status) => expect(statusAt(1, given, container)).toMatchObject(status));

  test('counts its restarts and keeps the last end', () => {
    const given = { attempts: { main: [ended(2), ended(1), runningSince(5)] } };
    expect(statusAt(6, given)).toMatchObject({
      restartCount: 2,
      lastState: { terminated: { exitCode: 1, reason: 'Error', containerID: 'simulated://main/1' } },
      state: { running: { startedAt: at(5) } },
    });
  });

  test('has no last end when it was never restarted', () => {
    expect(statusAt(1, { attempts: { main: [running] } })).not.toHaveProperty('lastState');
  });

  test('is shown to run while another image takes its place in a pod that never restarts', () => {
    const given = { spec: never, attempts: { main: [{ ...ended(143), image: 'busybox:1' }, created] } };
    expect(statusAt(6, given).state).toEqual({ running: { startedAt: at(0) } });
  });

  test('that follows another and waits for its hook runs already, and has not started', () => {
    const given = {
      spec: never,
      attempts: { main: [ended(143), { ...runningSince(5), postStart: 'running' as const }] },
    };
    expect(statusAt(6, given)).toMatchObject({
      state: { running: { startedAt: at(5) } },
      started: false,
      ready: false,
    });
  });

  test('does not let its count fall when it is lost', () => {
    const lost = { ...ended(137, { reason: 'ContainerStatusUnknown' }), isLost: true };
    const given = (...next: GivenAttempt[]): Given => ({ attempts: { main: [ended(1), lost, ...next] } });
    expect(statusAt(6, given()).restartCount).toBe(1);
    expect(statusAt(6, given(created)).restartCount).toBe(1);
    expect(statusAt(6, given(runningSince(6)))).toMatchObject({
      restartCount: 2,
      lastState: { terminated: { reason: 'ContainerStatusUnknown' } },
    });
  });
});
