import { expect, test } from 'vitest';
import { containerOf, podOf, podUid, postStart, sidecarOf } from '../testing/pods.ts';
import { at } from '../testing/simulated-clock.ts';
import { SimulatedSidecar } from '../testing/simulated-sidecar.ts';

test('PodLifecycle brings a pod from its request to its end, and tells of it in the words of the kubelet', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf({ restartPolicy: 'Never' }), { main: [{ seconds: 5, message: 'bye' }] });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toEqual(['0 prepare', '0 create main/0', '0 start main/0', '5 end main/0 0']);
  expect(sidecar.events).toEqual(['0 main Created Container created', '0 main Started Container started']);
  expect(sidecar.statusOf('main')).toMatchObject({
    state: { terminated: { exitCode: 0, reason: 'Completed', message: 'bye', startedAt: at(0), finishedAt: at(5) } },
    ready: false,
    restartCount: 0,
  });
  expect(sidecar.clock.pending).toBe(0);
});

test('PodLifecycle starts init containers one after another, sidecars among them, then all containers; sidecars end last', async () => {
  const sidecar = new SimulatedSidecar();
  const initContainers = [containerOf('first'), sidecarOf('proxy'), sidecarOf('logs'), containerOf('second')];
  const containers = [containerOf('main'), containerOf('other')];
  sidecar.submit(podOf({ restartPolicy: 'Never', initContainers, containers }), {
    first: [{ seconds: 2 }],
    second: [{ seconds: 3 }],
    main: [{ seconds: 10 }],
    other: [{ seconds: 1, exitCode: 2 }],
    proxy: [{ stopSeconds: 1 }],
    logs: [{ stopSeconds: 1 }],
  });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.filter((line) => !line.includes('create'))).toEqual([
    '0 prepare',
    '0 start first/0',
    '2 end first/0 0',
    '2 start proxy/0',
    '2 start logs/0',
    '2 start second/0',
    '5 end second/0 0',
    '5 start main/0',
    '5 start other/0',
    '6 end other/0 2',
    '15 end main/0 0',
    '15 TERM logs/0',
    '16 end logs/0 143',
    '16 TERM proxy/0',
    '17 end proxy/0 143',
  ]);
  expect(sidecar.report.status.initContainerStatuses?.map(({ state }) => Object.keys(state))).toEqual(
    initContainers.map(() => ['terminated']),
  );
});

test('PodLifecycle starts a crashing container at once, then after 10 s, 20 s, 40 s and so on up to 5 min', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(1_300);
  const starts = sidecar.engine.log.filter((line) => line.includes('start')).map((line) => Number.parseFloat(line));
  const pauses = starts.slice(1).map((start, index) => start - (starts[index] ?? 0) - 1);
  expect(pauses).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  const told = sidecar.events.filter((event) => event.includes('BackOff'));
  expect(told).toHaveLength(9);
  expect(told[0]).toBe(`2 main BackOff Back-off restarting failed container main in pod p_ns(${podUid})`);
  expect(sidecar.engine.violations).toEqual([]);
});

test('PodLifecycle keeps of a crashing container the newest two attempts, and no memory of others', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(400);
  expect(pod.attempts.map(({ number }) => number)).toEqual([5, 6]);
  expect(sidecar.process.lifecycle.memoryOf(podUid).messages.size).toBe(2);
});

test('PodLifecycle runs postStart before it calls a sidecar started', async () => {
  const sidecar = new SimulatedSidecar((call) => (call === 'read' ? 0 : 1_000));
  sidecar.script.hooks.set('postStart proxy', { seconds: 5 });
  sidecar.submit(podOf({ initContainers: [sidecarOf('proxy', { lifecycle: postStart })] }));
  await sidecar.passSeconds(60);
  const [, hookAt = 0] = /^([\d.]+) postStart proxy/m.exec(sidecar.engine.log.join('\n')) ?? [];
  const [, startAt = 0] = /^([\d.]+) start main/m.exec(sidecar.engine.log.join('\n')) ?? [];
  expect(Number(startAt)).toBeGreaterThanOrEqual(Number(hookAt) + 5);
});

test('PodLifecycle removes old attempts another time when that fails', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.engine.failNext('removeAttempt main', new Error('device is busy'), new Error('device is busy'));
  const pod = sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(400);
  expect(pod.attempts.map(({ number }) => number)).toEqual([5, 6]);
});

test('PodLifecycle leaves an old attempt that can’t be removed alone for a while each time', async () => {
  const sidecar = new SimulatedSidecar();
  let tries = 0;
  sidecar.engine.failIfDue = (call) => {
    if (call !== 'removeAttempt main') return;
    tries += 1;
    throw new Error('device is busy');
  };
  const pod = sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }, { seconds: 1, exitCode: 1 }, {}] });
  await sidecar.passSeconds(300);
  expect(pod.attempts.map(({ number }) => number)).toEqual([0, 1, 2]);
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThan(10);
});

test('PodLifecycle counts a back-off from the beginning after a container has run for 10 min', async () => {
  const sidecar = new SimulatedSidecar();
  const crash = { seconds: 1, exitCode: 1 };
  sidecar.submit(podOf(), { main: [crash, crash, crash, { seconds: 600, exitCode: 1 }, crash, {}] });
  await sidecar.passSeconds(1_000);
  const starts = sidecar.engine.log.filter((line) => line.includes('start')).map((line) => Number.parseFloat(line));
  expect(starts).toEqual([0, 1, 12, 33, 633, 644]);
});

test('PodLifecycle starts an ephemeral container at any time, once, and ends it with its pod', async () => {
  const sidecar = new SimulatedSidecar();
  const never = { restartPolicy: 'Never' as const };
  const pod = sidecar.submit(podOf(never), { main: [{ seconds: 20 }], debug: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(5);
  pod.pod = podOf({ ...never, ephemeralContainers: [containerOf('debug'), containerOf('shell')] });
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.slice(3)).toEqual([
    '5 create debug/0',
    '5 create shell/0',
    '5 start debug/0',
    '5 start shell/0',
    '6 end debug/0 1',
    '20 end main/0 0',
    '20 TERM shell/0',
    '20 end shell/0 143',
  ]);
  expect(sidecar.report.status.ephemeralContainerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0, 0]);
});

test('PodLifecycle lets nobody start after a sidecar that its startup probe has not seen up yet', async () => {
  const sidecar = new SimulatedSidecar();
  const startupProbe = { exec: { command: ['true'] } };
  sidecar.script.health.set('proxy/0', { started: false, ready: false });
  sidecar.submit(podOf({ initContainers: [sidecarOf('proxy', { startupProbe })] }));
  await sidecar.passSeconds(5);
  expect(sidecar.engine.log).not.toContain('0 start main/0');
  // A new process has not asked it yet.
  sidecar.script.health.set('proxy/0', { started: true, ready: true, isAssumed: true });
  sidecar.restart();
  await sidecar.passSeconds(5);
  expect(sidecar.engine.log.filter((line) => line.includes('start'))).toEqual(['0 start proxy/0']);
  sidecar.script.health.set('proxy/0', { started: true, ready: true });
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(5);
  expect(sidecar.engine.log).toContain('10 start main/0');
});
