import { type NodeStats, type Owner, ownerKey, type PodStats } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { type ContainerLabels, type PodLabels, parseLabels, uidLabel } from './identity/labels.ts';
import type { ContainerMeter } from './stats/container-meter.ts';
import type { EngineMachine } from './stats/engine-machine.ts';
import { toContainerStats } from './stats/usage.ts';

export interface StatsOptions {
  readonly engine: Engine;
  readonly meter: ContainerMeter;
  readonly machine: EngineMachine;
}

interface Running {
  readonly id: string;
  readonly pod: PodLabels;
  readonly labels: ContainerLabels;
}

/** What the owner's running containers use, and the engine's machine when it is this one. One list at the engine, then the meter. */
export async function measurePods(owner: Owner, { engine, meter, machine }: StatsOptions): Promise<NodeStats> {
  const running = await listRunning(engine);
  const own = running.filter(({ pod }) => ownerKey(pod.owner) === ownerKey(owner));
  await meter.prepare(
    own.map(({ id }) => id),
    new Set(running.map(({ id }) => id)),
  );
  const byPod = [...Map.groupBy(own, ({ pod }) => pod.uid).values()];
  const [node, ...pods] = await Promise.all([
    machine.measure(meter.isLocal),
    ...byPod.map(async (containers) => await measurePod(containers, meter)),
  ]);
  return { ...(node === undefined ? {} : { node }), pods: pods.flat() };
}

async function listRunning(engine: Engine): Promise<Running[]> {
  return (await engine.listContainers(uidLabel)).flatMap(({ Id: id, State: state, Labels }) => {
    const labels = state === 'running' ? parseLabels(Labels) : undefined;
    return labels === undefined ? [] : [{ id, pod: labels.pod, labels: labels.container }];
  });
}

async function measurePod(running: ReadonlyArray<Running>, meter: ContainerMeter): Promise<PodStats[]> {
  const [first] = running;
  if (first === undefined) return [];
  const sandbox = running.find(({ labels }) => labels.kind === 'sandbox');
  const [network, ...measured] = await Promise.all([
    sandbox === undefined ? undefined : meter.network(sandbox.id),
    ...running
      .filter((one) => one !== sandbox)
      .map(async ({ id, labels }) => ({ labels, found: await meter.measure(id) })),
  ]);
  const { uid, namespace, name } = first.pod;
  const processes = measured.flatMap(({ found }) => (found === undefined ? [] : [found.usage.processCount]));
  return [
    {
      ...{ uid, namespace, name },
      containers: measured.flatMap(({ labels, found }) =>
        found === undefined ? [] : (toContainerStats(labels.container, found.startedAt, found.usage) ?? []),
      ),
      ...(network === undefined ? {} : { network }),
      ...(processes.length === 0 ? {} : { processCount: processes.reduce((sum, count) => sum + count, 0) }),
    },
  ];
}
