import { expect, test } from 'vitest';
import { containerOf, podOf, podUid, preStop, sidecarOf } from '../testing/pods.ts';
import { SimulatedSidecar } from '../testing/simulated-sidecar.ts';

/** A pod that runs since 0 s and is asked to go at 10 s. */
async function leaving(
  scripts: Parameters<SimulatedSidecar['submit']>[1],
  graceSeconds: number,
  options: { spec?: Parameters<typeof podOf>[0]; prepare?: (sidecar: SimulatedSidecar) => void } = {},
): Promise<SimulatedSidecar> {
  const sidecar = new SimulatedSidecar();
  options.prepare?.(sidecar);
  sidecar.submit(podOf(options.spec), scripts);
  await sidecar.passSeconds(10);
  sidecar.engine.log.length = 0;
  sidecar.events.length = 0;
  await sidecar.askToGo(graceSeconds);
  return sidecar;
}

const withPreStop = { containers: [containerOf('main', { lifecycle: preStop })] };

test('PodLifecycle ends a deleted pod by its stop signal, reports its end, and tells once that it is gone', async () => {
  const sidecar = await leaving({ main: [{ stopSeconds: 4 }] }, 30);
  expect(sidecar.statusOf('main')).toMatchObject({ ready: false, state: { running: {} } });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual(['10 TERM main/0', '14 end main/0 143', '14 remove']);
  expect(sidecar.events).toEqual(['10 main Killing Stopping container main']);
  expect(sidecar.statusOf('main').state.terminated).toMatchObject({ exitCode: 143, reason: 'Error' });
  expect(sidecar.gone).toEqual([podUid]);
  expect(sidecar.clock.pending).toBe(0);
});

test('PodLifecycle tells nothing of a pod that is gone, whoever asks for a look at it', async () => {
  const sidecar = await leaving({}, 30);
  const { length } = sidecar.reports;
  sidecar.process.lifecycle.nudge(podUid);
  await sidecar.process.lifecycle.settle(podUid);
  await sidecar.passSeconds(1);
  expect(sidecar.gone).toEqual([podUid]);
  expect(sidecar.reports).toHaveLength(length);
});

test('PodLifecycle reports nothing after it has told that a pod is gone, whatever a slow look still sees', async () => {
  const sidecar = new SimulatedSidecar((call) => ({ read: 300, remove: 100 })[call] ?? 0);
  sidecar.submit(podOf({ restartPolicy: 'Never' }), { main: [{ seconds: 1 }] });
  await sidecar.passSeconds(5);
  await sidecar.askToGo(0);
  await sidecar.clock.advance(320);
  expect(sidecar.engine.pods.size).toBe(1);
  const { length } = sidecar.reports;
  sidecar.process.lifecycle.nudge(podUid, 0);
  await sidecar.passSeconds(60);
  expect(sidecar.gone).toEqual([podUid]);
  expect(sidecar.reports).toHaveLength(length);
  expect(sidecar.clock.pending).toBe(0);
});

test('PodLifecycle kills what does not end when the time is over', async () => {
  const sidecar = await leaving({ main: [{ stopSeconds: 'ignored' }] }, 30);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual(['10 TERM main/0', '40 KILL main/0', '40 end main/0 137', '40 remove']);
});

test('PodLifecycle takes a shorter grace period in the middle, and no longer one', async () => {
  const sidecar = await leaving({ main: [{ stopSeconds: 'ignored' }] }, 30);
  await sidecar.passSeconds(5);
  await sidecar.askToGo(100);
  await sidecar.passSeconds(5);
  await sidecar.askToGo(2);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual(['10 TERM main/0', '22 KILL main/0', '22 end main/0 137', '22 remove']);
});

test('PodLifecycle runs preStop before the stop signal, and counts it against the grace period', async () => {
  const sidecar = await leaving({ main: [{ stopSeconds: 'ignored' }] }, 30, {
    spec: withPreStop,
    prepare: ({ script }) => script.hooks.set('preStop main', { seconds: 5 }),
  });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual([
    '10 preStop main/0',
    '15 TERM main/0',
    '40 KILL main/0',
    '40 end main/0 137',
    '40 remove',
  ]);
});

test('PodLifecycle gives a container 2 s after a preStop that took all of the time', async () => {
  const sidecar = await leaving({ main: [{ stopSeconds: 'ignored' }] }, 30, {
    spec: withPreStop,
    prepare: ({ script }) => script.hooks.set('preStop main', { seconds: 500 }),
  });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual([
    '10 preStop main/0',
    '40 TERM main/0',
    '42 KILL main/0',
    '42 end main/0 137',
    '42 remove',
  ]);
  expect(sidecar.clock.pending).toBe(0);
});

test('PodLifecycle cuts a preStop short when the grace period is shortened', async () => {
  const sidecar = await leaving({}, 30, {
    spec: withPreStop,
    prepare: ({ script }) => script.hooks.set('preStop main', { seconds: 500 }),
  });
  await sidecar.askToGo(5);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual(['10 preStop main/0', '15 TERM main/0', '15 end main/0 143', '15 remove']);
});

test('PodLifecycle goes on after a preStop that fails, and tells', async () => {
  const sidecar = await leaving({}, 30, {
    spec: withPreStop,
    prepare: ({ script }) => script.hooks.set('preStop main', { seconds: 1, error: 'PreStopHook failed' }),
  });
  await sidecar.passSeconds(60);
  expect(sidecar.events).toEqual([
    '10 main Killing Stopping container main',
    '11 main FailedPreStopHook PreStopHook failed',
  ]);
  expect(sidecar.engine.log).toContain('11 TERM main/0');
});

test('PodLifecycle tries again to end a container when that fails', async () => {
  const sidecar = await leaving({ main: [{ stopSeconds: 'ignored' }] }, 30, {
    prepare: ({ engine }) => {
      engine.failNext('terminate main', new Error('engine is busy'), new Error('engine is busy'));
      engine.failNext('kill main', new Error('engine is busy'));
    },
  });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual(['12 TERM main/0', '41 KILL main/0', '41 end main/0 137', '41 remove']);
});

test('PodLifecycle tries again to remove a pod, and reports the end that was once reported until it is gone', async () => {
  const sidecar = await leaving({}, 30, {
    prepare: ({ engine }) => engine.failNext('remove', new Error('busy'), new Error('busy'), new Error('busy')),
  });
  expect(sidecar.gone).toEqual([]);
  const [listed] = await sidecar.process.lifecycle.list();
  expect(listed?.report).toEqual(sidecar.report);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.at(-1)).toBe('13.5 remove');
  expect(sidecar.gone).toEqual([podUid]);
});

test('PodLifecycle removes a pod at once of which nothing was started yet', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.engine.failNext('create main', new Error('no such image'));
  sidecar.submit(podOf({ initContainers: [containerOf('init')] }));
  await sidecar.passSeconds(1);
  await sidecar.askToGo(30);
  await sidecar.passSeconds(60);
  expect(sidecar.statusOf('main').state.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
  expect(sidecar.engine.log.at(-1)).toBe('1 remove');
  expect(sidecar.gone).toEqual([podUid]);
});

test('PodLifecycle ends sidecars after the containers, the last first, and all at once when the time is over', async () => {
  const spec = { initContainers: [sidecarOf('proxy'), sidecarOf('logs')] };
  const scripts = { main: [{ stopSeconds: 3 }], logs: [{ stopSeconds: 'ignored' as const }] };
  const sidecar = await leaving(scripts, 10, { spec });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual([
    '10 TERM main/0',
    '13 end main/0 143',
    '13 TERM logs/0',
    '20 KILL logs/0',
    '20 end logs/0 137',
    '20 KILL proxy/0',
    '20 end proxy/0 137',
    '20 remove',
  ]);
});

test('PodLifecycle begins nothing for a pod that was given up, before the engine has noted that', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ seconds: 5 }] });
  await sidecar.passSeconds(1);
  await sidecar.process.lifecycle.cancel(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.at(-1)).toBe('5 end main/0 0');
});

test('PodLifecycle tells of no back-off in a pod that goes', async () => {
  const sidecar = await leaving({ main: [{ seconds: 1, exitCode: 1 }, { stopSeconds: 3 }] }, 30);
  await sidecar.passSeconds(60);
  expect(sidecar.events).toEqual(['10 main Killing Stopping container main']);
});

test('PodLifecycle kills in time what the runtime, which hangs, was to ask to end', async () => {
  const sidecar = new SimulatedSidecar((call) => (call.startsWith('terminate') ? 1_000_000_000 : 0));
  sidecar.submit(podOf(), { main: [{ stopSeconds: 'ignored' }] });
  await sidecar.passSeconds(5);
  await sidecar.askToGo(10);
  await sidecar.passSeconds(20);
  expect(sidecar.engine.log.filter((line) => /KILL|end main/.test(line))).toEqual([
    '15 KILL main/0',
    '15 end main/0 137',
  ]);
  expect(sidecar.gone).toEqual([podUid]);
});
