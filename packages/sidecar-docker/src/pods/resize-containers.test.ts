import { InterLinkError } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { toEngineResources } from '../container/resources.ts';
import type { Engine } from '../engine/engine.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';
import { PodWork } from './pod-work.ts';
import { resizeContainers } from './resize-containers.ts';

const unimplemented = new InterLinkError('unimplemented', 'Not Found');
const pod = {
  metadata: { uid: 'u', namespace: 'ns', name: 'p' },
  spec: { containers: [{ name: 'main', resources: { limits: { memory: '1Mi' } } }] },
};

/** How a resize is shown at an engine whose `inspect` and `update` do this. */
async function resizeAt(calls: { inspect(): object; update(): void }): Promise<PodWork['resize']> {
  const engine = {
    info: async () => ({ cpus: 1, memoryBytes: 2 ** 30, canUpdate: false }),
    inspectContainer: async () => calls.inspect(),
    resizeContainer: async () => calls.update(),
  } as unknown as Engine;
  const main = { id: 'a', labels: { container: 'main', attempt: 0 }, startedAt: 'now' };
  const snapshot = { pod, sandbox: undefined, containers: [main] } as unknown as PodSnapshot;
  const work = new PodWork();
  await resizeContainers(snapshot, { engine, work, pod, changed: () => undefined });
  const { resize } = work;
  work.beginResize();
  return resize;
}

const other = { HostConfig: {} };
const refuse = () => {
  throw unimplemented;
};

test('resizeContainers() says of an engine that can’t change containers that it never will', async () => {
  const message = "container main: the engine can't change a running container";
  expect(await resizeAt({ inspect: () => other, update: refuse })).toEqual({ state: 'Infeasible', message });
});

test('resizeContainers() defers, and fails nobody’s update, where a container can’t be read just now', async () => {
  const fail = () => {
    throw new InterLinkError('deadline_exceeded', 'not answered');
  };
  const message = 'container main: not answered';
  expect(await resizeAt({ inspect: fail, update: refuse })).toEqual({ state: 'Deferred', message });
});

test('resizeContainers() leaves alone what has its resources', async () => {
  const HostConfig = toEngineResources({ name: 'main', ...pod.spec.containers[0] });
  expect(await resizeAt({ inspect: () => ({ HostConfig }), update: refuse })).toBeUndefined();
});
