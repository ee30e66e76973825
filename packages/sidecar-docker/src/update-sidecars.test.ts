import type { Container, PodReport } from '@interlink/sidecar-sdk';
import { createLogger, PodLifecycle } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { toEngineResources } from './container/resources.ts';
import type { EngineInfo } from './engine/engine-info.ts';
import { renderLabels } from './identity/labels.ts';
import { toLifecycleSpec } from './identity/lifecycle-spec.ts';
import { PodWorks } from './pods/pod-works.ts';
import type { DockerRuntime } from './runtime/docker-runtime.ts';
import { toRuntimePod } from './runtime/to-runtime-pod.ts';
import { toEngineContainer } from './status/engine-container.ts';
import { toSnapshot } from './status/pod-snapshot.ts';
import { updatePod } from './update.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const metadata = { name: 'p', namespace: 'ns', uid };
const owner = { cluster: 'c', node: 'n' };
const limits = (memory: string) => ({ resources: { limits: { memory } } });

const proxy: Container = { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always', ...limits('64Mi') };
const later: Container = { name: 'later', image: 'later:1', restartPolicy: 'Always', ...limits('64Mi') };
const created = { initContainers: [{ name: 'init', image: 'init:1' }, proxy, later], containers: [{ name: 'main' }] };
const spec = toLifecycleSpec(created);
const labels = { owner, ...metadata, generation: 1, spec };

function inspected(container: string, image: string, state: object): Docker.ContainerInspectInfo {
  const kind = container === '' ? 'sandbox' : 'init';
  const own = { kind, container, position: 0, attempt: 0, failuresBefore: 0, image, imageId: image } as const;
  return {
    ...{ Id: container || 'sandbox', Created: '2027-01-01T00:00:00Z', NetworkSettings: {} },
    HostConfig: { RestartPolicy: { Name: 'unless-stopped' }, ...toEngineResources(proxy) },
    State: { ...{ ExitCode: 0, OOMKilled: false, Error: '', StartedAt: '2027-01-01T00:00:00Z' }, ...state },
    Config: { Labels: renderLabels(labels, own) },
  } as unknown as Docker.ContainerInspectInfo;
}

const running = { Status: 'running', FinishedAt: '' };
const all = [
  inspected('', '', running),
  inspected('init', 'init:1', { Status: 'exited', FinishedAt: '2027-01-01T00:00:01Z' }),
  inspected('proxy', 'proxy:1', running),
];
const snapshot = toSnapshot(
  labels,
  all.flatMap((one) => toEngineContainer(one)?.container ?? []),
);

/** A pod whose init container has ended and whose first sidecar runs, given new images and resources for its init containers. */
async function update(initContainers: Container[]) {
  const works = new PodWorks();
  const resized: Array<[string, Partial<Docker.HostConfig>]> = [];
  const lifecycle = new PodLifecycle({
    runtime: {} as DockerRuntime,
    logger: createLogger('docker-sidecar', 'silent'),
  });
  await updatePod({ pod: { metadata: { ...metadata, generation: 2 }, spec: { ...created, initContainers } } }, owner, {
    engine: {
      info: async () => ({ cpus: 2, memoryBytes: 2 ** 30 }) as EngineInfo,
      inspectContainer: async (id) => all.find(({ Id: one }) => one === id) as Docker.ContainerInspectInfo,
      resizeContainer: async (id, resources) => void resized.push([id, resources]),
    },
    reader: { readPod: async () => snapshot },
    ...{ works, root: '/nonexistent' },
    lifecycle: {
      nudge: () => undefined,
      memoryOf: (pod) => lifecycle.memoryOf(pod),
      settle: async () => ({}) as PodReport,
    },
  });
  return { resized, work: works.get(uid), pod: toRuntimePod(snapshot, works.get(uid)).pod };
}

test('updatePod() gives sidecars and init containers the images that they are to have', async () => {
  const { pod, work } = await update([
    { name: 'init', image: 'init:2' },
    { name: 'proxy', image: 'proxy:2' },
    { name: 'later', image: 'later:2' },
  ]);
  expect(pod.spec.initContainers?.map(({ image }) => image)).toEqual(['init:2', 'proxy:2', 'later:2']);
  expect(work.asUpdated(later).image).toBe('later:2');
});

test('updatePod() gives a sidecar other resources while it runs, or when it is made', async () => {
  const { resized, work } = await update([
    { name: 'init', image: 'init:1', ...limits('1Mi') },
    { name: 'proxy', image: 'proxy:1', ...limits('128Mi') },
    { name: 'later', image: 'later:1', ...limits('256Mi') },
  ]);
  expect(resized).toEqual([['proxy', expect.objectContaining({ Memory: 128 * 2 ** 20 })]]);
  expect(work.asUpdated(later)).toMatchObject(limits('256Mi'));
  expect(work.resources.has('init')).toBe(false);
});

test('updatePod() says of a sidecar, too, that the machine has less', async () => {
  const { resized, work } = await update([{ name: 'proxy', image: 'proxy:1', ...limits('1Pi') }]);
  expect(resized).toEqual([]);
  expect(work.resize).toMatchObject({ state: 'Infeasible', message: expect.stringMatching(/^container proxy asks/) });
});

test('toRuntimePod() takes the image that a sidecar was made of last for the one that is wanted', () => {
  const newer = inspected('proxy', 'proxy:2', running);
  const containers = [...all.slice(0, 2), newer].flatMap((one) => toEngineContainer(one)?.container ?? []);
  const { pod } = toRuntimePod(toSnapshot(labels, containers), undefined);
  expect(pod.spec.initContainers?.map(({ image }) => image)).toEqual(['init:1', 'proxy:2', 'later:1']);
});
