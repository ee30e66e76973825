import { InterLinkError } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { containerOf, podOf, podUid, postStart, preStop } from '../testing/pods.ts';
import { SimulatedSidecar } from '../testing/simulated-sidecar.ts';

const never = { restartPolicy: 'Never' as const };

function pullError(): InterLinkError {
  return new InterLinkError('not_found', 'no such image', { reason: 'ErrImagePull' });
}

test('PodLifecycle tries again to pull an image, with a back-off of its own', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.engine.failNext('create main', pullError(), pullError());
  sidecar.submit(podOf());
  await sidecar.passSeconds(1);
  expect(sidecar.statusOf('main').state.waiting?.reason).toBe('ErrImagePull');
  await sidecar.passSeconds(2);
  expect(sidecar.statusOf('main').state.waiting?.reason).toBe('ImagePullBackOff');
  await sidecar.passSeconds(60);
  expect(sidecar.events).toEqual([
    '0 main Failed Error: ErrImagePull',
    '2 main BackOff Back-off pulling image "busybox"',
    '2 main Failed Error: ImagePullBackOff',
    '10 main Failed Error: ErrImagePull',
    '12 main BackOff Back-off pulling image "busybox"',
    '12 main Failed Error: ImagePullBackOff',
    '30 main Created Container created',
    '30 main Started Container started',
  ]);
});

test('PodLifecycle tries again what comes before the first container, and tells what is in the way', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.engine.failNext('startSandbox', new Error('no network'));
  sidecar.engine.failNext('prepare', new Error('MountVolume.SetUp failed for volume "v" : configmap "x" not found'));
  sidecar.submit(podOf());
  await sidecar.passSeconds(60);
  expect(sidecar.events).toEqual([
    '0 FailedCreatePodSandBox Failed to create pod sandbox: no network',
    '0 FailedMount MountVolume.SetUp failed for volume "v" : configmap "x" not found',
    '10 main Created Container created',
    '10 main Started Container started',
  ]);
});

test('PodLifecycle shows why a container could not be started, and counts that as an end', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ startError: 'exec: "x": not found' }, {}] });
  await sidecar.passSeconds(1);
  expect(sidecar.events.at(-1)).toBe('0 main Failed Error: exec: "x": not found');
  expect(sidecar.statusOf('main').state.waiting).toEqual({
    reason: 'RunContainerError',
    message: 'exec: "x": not found',
  });
  await sidecar.passSeconds(60);
  expect(sidecar.statusOf('main')).toMatchObject({ restartCount: 1, state: { running: {} } });
});

test('PodLifecycle shows a container that could not be started in a pod that never restarts as ended', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(never), { main: [{ startError: 'exec: "x": not found' }] });
  await sidecar.passSeconds(60);
  expect(sidecar.statusOf('main').state.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
});

test('PodLifecycle restarts a container that somebody removed, and shows that it is not known what became of it', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf());
  await sidecar.passSeconds(5);
  for (const attempt of [...pod.attempts]) pod.drop(attempt);
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(1);
  expect(sidecar.statusOf('main')).toMatchObject({
    restartCount: 1,
    state: { running: {} },
    lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } },
  });
  expect(sidecar.process.care.watched).toEqual(new Set(['main/1']));
});

test('PodLifecycle knows how a container ended that somebody removed when the next one was there', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf(), { main: [{ seconds: 5, exitCode: 3 }, {}] });
  await sidecar.passSeconds(10);
  const [first] = [...pod.attempts].toSorted((a, b) => a.number - b.number);
  if (first === undefined) throw new Error('There is no attempt');
  pod.drop(first);
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.statusOf('main')).toMatchObject({
    restartCount: 1,
    state: { running: {} },
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
});

test('PodLifecycle asks for the request when a container is lost that it can not make', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf());
  await sidecar.passSeconds(5);
  pod.hasRequest = false;
  for (const attempt of [...pod.attempts]) pod.drop(attempt);
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(1);
  expect(sidecar.report.incomplete).toBe(true);
  pod.hasRequest = true;
  await sidecar.process.lifecycle.settle(podUid);
  await sidecar.passSeconds(1);
  expect(sidecar.report.incomplete).toBeUndefined();
  expect(sidecar.statusOf('main')).toMatchObject({ restartCount: 1, state: { running: {} } });
});

test('PodLifecycle goes on when the engine could not be read for a while', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(never), { main: [{ seconds: 5 }] });
  await sidecar.passSeconds(1);
  sidecar.engine.failNext('read', ...Array.from({ length: 20 }, () => new Error('engine is away')));
  await sidecar.passSeconds(60);
  expect(sidecar.statusOf('main').state.terminated).toMatchObject({ exitCode: 0 });
});

test('PodLifecycle keeps its alarm when a look that somebody asked for fails', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(5);
  sidecar.engine.failNext('read', new Error('engine is away'));
  await expect(sidecar.process.lifecycle.settle(podUid)).rejects.toThrow('engine is away');
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log).toContain('12 start main/2');
});

test('PodLifecycle ends a container whose probe failed, and restarts it', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf({ containers: [containerOf('main', { lifecycle: preStop })] }));
  await sidecar.passSeconds(5);
  const failure = { probe: 'liveness' as const, failedAtMs: sidecar.clock.now(), graceSeconds: 3 };
  sidecar.script.health.set('main/0', { started: true, ready: false, failure });
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.events).toContain('5 main Killing Container main failed liveness probe, will be restarted');
  expect(sidecar.engine.log.slice(-5)).toEqual([
    '5 preStop main/0',
    '5 TERM main/0',
    '5 end main/0 143',
    '5 create main/1',
    '5 start main/1',
  ]);
  expect(sidecar.process.care.watched).toEqual(new Set(['main/1']));
});

test('PodLifecycle promises no restart where the pod has none', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(never));
  await sidecar.passSeconds(5);
  const failure = { probe: 'startup' as const, failedAtMs: sidecar.clock.now() };
  sidecar.script.health.set('main/0', { started: false, ready: false, failure });
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.events).toContain('5 main Killing Container main failed startup probe');
  expect(sidecar.statusOf('main')).toMatchObject({ restartCount: 0, state: { terminated: {} } });
});

test('PodLifecycle ends a container whose postStart failed, and restarts it', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.script.hooks.set('postStart main', { seconds: 2, error: 'PostStartHook failed' });
  sidecar.submit(podOf({ containers: [containerOf('main', { lifecycle: postStart })] }));
  await sidecar.passSeconds(1);
  expect(sidecar.statusOf('main')).toMatchObject({
    started: false,
    state: { waiting: { reason: 'ContainerCreating' } },
  });
  await sidecar.passSeconds(3);
  expect(sidecar.events.slice(0, 4)).toEqual([
    '0 main Created Container created',
    '0 main Started Container started',
    '2 main FailedPostStartHook PostStartHook failed',
    '2 main Killing Stopping container main',
  ]);
  expect(sidecar.engine.log).toContain('2 start main/1');
});

test('PodLifecycle replaces a container whose image is another, also in a pod that never restarts', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf(never), { main: [{ stopSeconds: 3 }, {}] });
  await sidecar.passSeconds(5);
  pod.pod = podOf({ ...never, containers: [containerOf('main', { image: 'busybox:2' })] });
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.slice(-4)).toEqual([
    '5 create main/1',
    '5 TERM main/0',
    '8 end main/0 143',
    '8 start main/1',
  ]);
  expect(sidecar.statusOf('main')).toMatchObject({ image: 'busybox:2', restartCount: 1, state: { running: {} } });
  const phasesSeen = sidecar.reports.map(({ status }) => Object.keys(status.containerStatuses[0]?.state ?? {})[0]);
  expect(new Set(phasesSeen)).toEqual(new Set(['waiting', 'running']));
});

test('PodLifecycle restarts what ran in a sandbox that has stopped', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf());
  await sidecar.passSeconds(5);
  pod.sandbox = 'stopped';
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.events.slice(2, 4)).toEqual([
    '5 SandboxChanged Pod sandbox changed, it will be killed and re-created.',
    '5 main Killing Stopping container main',
  ]);
  expect(sidecar.statusOf('main')).toMatchObject({ restartCount: 1, state: { running: {} } });
});

test('PodLifecycle ends a pod at its deadline', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf({ activeDeadlineSeconds: 10 }), { main: [{ stopSeconds: 'ignored' }] });
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.slice(-3)).toEqual(['10 TERM main/0', '40 KILL main/0', '40 end main/0 137']);
  expect(sidecar.report.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  expect(sidecar.clock.pending).toBe(0);
});

test('PodLifecycle gives a pod its grace period although its deadline was moved into the past', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf(), { main: [{ stopSeconds: 5 }] });
  await sidecar.passSeconds(100);
  pod.pod = { ...pod.pod, spec: { ...pod.pod.spec, activeDeadlineSeconds: 10 } };
  sidecar.engine.changed(podUid);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.slice(-2)).toEqual(['100 TERM main/0', '105 end main/0 143']);
  expect(sidecar.report.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

test('PodLifecycle lists a pod that can’t be read as it was told last, tells why, and goes on with the others', async () => {
  const sidecar = new SimulatedSidecar();
  const pod = sidecar.submit(podOf());
  await sidecar.passSeconds(1);
  const otherUid = podUid.replace('1', '2');
  sidecar.submit(podOf({}, otherUid));
  pod.unreadable = new InterLinkError('internal', 'a dead file system');
  const running = { containerStatuses: [{ name: 'main', state: { running: {} } }] };
  const before = await sidecar.process.lifecycle.list();
  expect(before.map(({ report }) => report.uid).toSorted()).toEqual([podUid, otherUid].toSorted());
  expect(before.find(({ report }) => report.uid === podUid)?.report.status).toMatchObject(running);
  expect(sidecar.events.at(-1)).toBe('1 FailedSync error determining status: a dead file system');

  sidecar.restart();
  const after = await sidecar.process.lifecycle.list();
  const waiting = { reason: 'ContainerStatusUnknown', message: 'a dead file system' };
  const unknown = { containerStatuses: [{ name: 'main', state: { waiting }, ready: false }] };
  expect(after.find(({ report }) => report.uid === podUid)?.report.status).toMatchObject(unknown);

  pod.unreadable = undefined;
  const again = await sidecar.process.lifecycle.list();
  expect(again.find(({ report }) => report.uid === podUid)?.report.status).toMatchObject(running);
  expect(sidecar.gone).toEqual([]);
});
