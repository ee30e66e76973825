import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, namespaces } from '@interlink/kube';
import { ApiWatch, type PodTimes, PodWatch } from '../pod-times.ts';
import type { Usage } from '../process-usage.ts';
import { waitUntil } from '../wait-until.ts';
import { createPods, exitLatencies } from './pod-load.ts';
import { controlPlanePids, memoryIn, spent, sum, usages } from './processes.ts';
import type { System } from './system.ts';

export interface ScaleOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly podCount: number;
  /** Give pods the default service account's token, as ordinary pods have. */
  readonly hasTokens: boolean;
  /** Pods that are created in a second, evenly; undefined: as many as 32 clients can. */
  readonly rate: number | undefined;
  /** So many more pods end, 20 in a second, while the others run. */
  readonly exits: number;
  /** How long all pods are let be. */
  readonly idleSeconds: number;
  /** Of the testbed: whose servers belong to the control plane. */
  readonly testbed: string;
}

export interface ScaleResult {
  readonly podCount: number;
  readonly runningPerSecond: number;
  /** Created→Running, milliseconds. */
  readonly latencies: ReadonlyArray<number>;
  /** Exit at the backend → `Succeeded`, milliseconds; none where the backend can't be asked. */
  readonly exitLatencies: ReadonlyArray<number>;
  readonly deletesPerSecond: number;
  /** CPU from the first create until all pods are gone, without the time in which they are let be. */
  readonly usage: ReadonlyMap<string, Usage>;
  /** Of a core, of all processes of the system, while nothing happens. */
  readonly idleShare: number;
  /** Of the system, at most of what was seen once all pods ran and once they were let be. */
  readonly residentMiB: number;
}

/** Creates pods, waits until all run, lets them be, has some more end, and deletes all at once. */
export async function runLoad(system: System, options: ScaleOptions): Promise<ScaleResult> {
  const { client, namespace, podCount, idleSeconds } = options;
  const { site } = system;
  const cluster = (await client.get(namespaces, { name: 'kube-system' })).metadata?.uid ?? '';
  const watch = site ? new PodWatch({ client, site, cluster, namespace }) : new ApiWatch({ client, namespace });
  await watch.start();
  const pids = { ...system.pids, ...controlPlanePids(options.testbed), bench: process.pid };
  const before = usages(pids);
  const uids = await createPods(system, watch, options, { prefix: 'pod', count: podCount, rate: options.rate });
  const times = () => uids.map((uid) => watch.times.get(uid) ?? {});
  await waitUntil(() => times().every(({ running }) => running !== undefined));
  const atWork = usages(pids);

  await sleep(2_000);
  const idleFrom = usages(system.pids);
  await sleep(idleSeconds * 1_000);
  const idleTo = usages(system.pids);

  const exited = site ? await exitLatencies(system, watch, options) : [];

  const middle = usages(pids);
  const deleteAt = performance.now();
  await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods` });
  await waitUntil(() => times().every(({ deleted }) => deleted !== undefined));
  const after = usages(pids);
  watch.stop();

  return {
    podCount,
    runningPerSecond: perSecond(times(), first(times(), 'created'), 'running'),
    latencies: times().map(({ created = Number.NaN, running = Number.NaN }) => running - created),
    exitLatencies: exited,
    deletesPerSecond: perSecond(times(), deleteAt, 'deleted'),
    usage: new Map(
      Object.keys(pids).map((name) => [
        name,
        {
          cpuSeconds: spent(before, atWork, name) + spent(middle, after, name),
          residentMiB: middle.get(name)?.residentMiB ?? Number.NaN,
        },
      ]),
    ),
    idleShare: sum(Object.keys(system.pids), (name) => spent(idleFrom, idleTo, name)) / idleSeconds,
    residentMiB: Math.max(...[atWork, idleTo].map((usage) => sum(Object.keys(system.pids), memoryIn(usage)))),
  };
}

function first(times: ReadonlyArray<PodTimes>, what: keyof PodTimes): number {
  return times.reduce((least, time) => Math.min(least, time[what] ?? Number.NaN), Number.POSITIVE_INFINITY);
}

function perSecond(times: ReadonlyArray<PodTimes>, from: number, what: keyof PodTimes): number {
  const last = times.reduce((most, time) => Math.max(most, time[what] ?? Number.NaN), 0);
  return times.length / ((last - from) / 1_000);
}
