import { describe, expect, test } from 'vitest';
import type { Scripts } from '../testing/container-script.ts';
import { containerOf, podOf, podUid, preStop, sidecarOf } from '../testing/pods.ts';
import { SimulatedSidecar } from '../testing/simulated-sidecar.ts';

const spec = {
  restartPolicy: 'OnFailure' as const,
  initContainers: [containerOf('init'), sidecarOf('proxy', { lifecycle: preStop })],
  containers: [containerOf('main'), containerOf('other')],
};
const scripts: Scripts = {
  init: [{ seconds: 2, exitCode: 1 }, { seconds: 1 }],
  proxy: [{ stopSeconds: 2 }],
  main: [{ startError: 'busy' }, { seconds: 2, exitCode: 1 }, { seconds: 4 }],
  other: [{ seconds: 3, message: 'bye' }],
};

/** A pod whose calls take 1 s each, so that a process can die in the middle of any of them. */
function slowSidecar(): SimulatedSidecar {
  const sidecar = new SimulatedSidecar((call) => (call === 'read' ? 200 : 1_000));
  sidecar.script.hooks.set('preStop proxy', { seconds: 2 });
  sidecar.submit(podOf(spec), scripts);
  return sidecar;
}

/** What is left of the pod, whoever looked after it and when. */
function leftOf({ engine }: SimulatedSidecar): unknown {
  const attempts = engine.pods.get(podUid)?.attempts.map(({ container, number, state }) => {
    const exitCode = state.kind === 'ended' ? state.ending.exitCode : undefined;
    return [container, number, state.kind, exitCode].join(' ');
  });
  return { attempts: attempts?.toSorted(), violations: engine.violations };
}

const everyHalfSecond = Array.from({ length: 60 }, (_, index) => index / 2);

describe('A process that is killed in the middle of a pod is followed by one that ends it as well,', () => {
  test.each(everyHalfSecond)('after %d s', async (seconds) => {
    const sidecar = slowSidecar();
    await sidecar.passSeconds(seconds);
    sidecar.restart();
    await sidecar.passSeconds(200);
    expect(leftOf(sidecar)).toEqual({
      attempts: [
        'init 0 ended 1',
        'init 1 ended 0',
        'main 1 ended 1',
        'main 2 ended 0',
        'other 0 ended 0',
        'proxy 0 ended 143',
      ],
      violations: [],
    });
    expect(sidecar.statusOf('other').state.terminated?.message).toBe('bye');
    expect(sidecar.clock.pending).toBe(0);
  });
});

describe('A process that is killed while a pod goes is followed by one that lets it go,', () => {
  test.each(everyHalfSecond.filter((seconds) => seconds < 15))('%d s after the order', async (seconds) => {
    const sidecar = slowSidecar();
    await sidecar.passSeconds(16);
    await sidecar.askToGo(30);
    await sidecar.passSeconds(seconds);
    sidecar.restart();
    if (sidecar.engine.pods.get(podUid)?.deletion === undefined) await sidecar.askToGo(30);
    await sidecar.passSeconds(60);
    expect(sidecar.engine.pods.size).toBe(0);
    expect(sidecar.engine.violations).toEqual([]);
    expect(sidecar.clock.pending).toBe(0);
  });
});

test('A new process keeps to the time that a deleted pod has', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ stopSeconds: 'ignored' }] });
  await sidecar.passSeconds(5);
  await sidecar.askToGo(30);
  await sidecar.passSeconds(20);
  sidecar.restart();
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.slice(-4)).toEqual([
    '25.01 TERM main/0',
    '35 KILL main/0',
    '35 end main/0 137',
    '35 remove',
  ]);
});

test('A new process keeps to the back-off of a crashing container', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(20);
  sidecar.restart();
  await sidecar.passSeconds(100);
  const starts = sidecar.engine.log.filter((line) => line.includes('start'));
  expect(starts.map((line) => Number.parseFloat(line))).toEqual([0, 1, 12, 33, 74]);
});

test('A new process that has lost the request asks for it, and takes up what is left to do', async () => {
  const sidecar = new SimulatedSidecar((call) => (call.startsWith('create') ? 10_000 : 0));
  sidecar.engine.failNext('create main', new Error('pull is cut off'));
  const pod = sidecar.submit(podOf());
  await sidecar.passSeconds(2);
  sidecar.restart();
  pod.hasRequest = false;
  await sidecar.passSeconds(10);
  expect(sidecar.report.incomplete).toBe(true);
  pod.hasRequest = true;
  await sidecar.process.lifecycle.settle(podUid);
  await sidecar.passSeconds(20);
  expect(sidecar.statusOf('main').state.running).toBeDefined();
});

test('A thousand pods that need nothing cause no looks and no timers', async () => {
  const sidecar = new SimulatedSidecar();
  for (let index = 0; index < 1_000; index++) {
    const uid = `11111111-2222-4333-8444-${String(index).padStart(12, '0')}`;
    sidecar.submit(podOf({ restartPolicy: 'Never' }, uid), index % 2 === 0 ? {} : { main: [{ seconds: 1 }] });
  }
  await sidecar.passSeconds(5);
  sidecar.restart();
  await sidecar.passSeconds(1);
  const { calls } = sidecar.process.runtime;
  expect(calls.get('read')).toBe(1_000);
  expect(sidecar.clock.pending).toBe(0);
  await sidecar.passSeconds(3_600);
  await sidecar.process.lifecycle.list();
  await sidecar.passSeconds(1);
  expect(calls.get('read')).toBe(1_000);
});

test('PodLifecycle begins nothing any more once it is closed', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf(), { main: [{ seconds: 1, exitCode: 1 }] });
  await sidecar.passSeconds(5);
  sidecar.process.lifecycle.close();
  await sidecar.process.lifecycle.settle(podUid);
  expect(sidecar.process.clock.pending).toBe(0);
  await sidecar.passSeconds(60);
  expect(sidecar.engine.log.at(-1)).toBe('2 end main/1 1');
});
