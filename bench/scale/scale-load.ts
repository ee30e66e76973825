import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, namespaces } from '@interlink/kube';
import type { ControlPlaneData } from '../../test/testbed/testbed-data.ts';
import { ApiWatch, type PodTimes, PodWatch } from '../pod-times.ts';
import { machineSeconds, type Usage } from '../process-usage.ts';
import { waitUntil } from '../wait-until.ts';
import { type ApiRequests, countApiRequests, requestsBetween } from './api-requests.ts';
import { createPods, deletePods, exitLatencies } from './pod-load.ts';
import { controlPlanePids, memoryIn, spent, sum, usages } from './processes.ts';
import type { System } from './system.ts';

export interface ScaleOptions {
  readonly client: KubeClient;
  readonly cluster: ControlPlaneData;
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
  /** Of the machine's cores, how many were at work on average, whoever's work it was. */
  readonly busyCores: { readonly creating: number; readonly deleting: number };
  /** What kube-apiserver was asked meanwhile. */
  readonly requests: ApiRequests;
  /** Of a core, of each process of the system, while nothing happens. */
  readonly idleShares: ReadonlyMap<string, number>;
  /** Of the system, what its processes share counted once; at most of what was seen once all pods ran and once they were let be. */
  readonly memoryMiB: number;
}

/** Creates pods, waits until all run, lets them be, has some more end, and deletes all at once. */
export async function runLoad(system: System, options: ScaleOptions): Promise<ScaleResult> {
  const { client, namespace, podCount, idleSeconds } = options;
  const { site } = system;
  const clusterUid = (await client.get(namespaces, { name: 'kube-system' })).metadata?.uid ?? '';
  const watch = site
    ? new PodWatch({ client, site, cluster: clusterUid, namespace })
    : new ApiWatch({ client, namespace });
  await watch.start();
  const pids = { ...system.pids, ...controlPlanePids(options.testbed), bench: process.pid };
  const requestsBefore = await countApiRequests(options.cluster);
  const before = usages(pids);
  const busyFrom = busyNow();
  const uids = await createPods(system, watch, options, { prefix: 'pod', count: podCount, rate: options.rate });
  const times = () => uids.map((uid) => watch.times.get(uid) ?? {});
  await waitUntil(() => times().every(({ running }) => running !== undefined));
  const atWork = usages(pids);
  const creating = busySince(busyFrom);

  await sleep(10_000);
  const idleFrom = usages(system.pids);
  await sleep(idleSeconds * 1_000);
  const idleTo = usages(system.pids);

  const exited = site ? await exitLatencies(system, watch, options) : [];

  const middle = usages(pids);
  const deleteAt = performance.now();
  const deleteFrom = busyNow();
  await deletePods(options, { prefix: 'pod', count: podCount });
  await waitUntil(() => times().every(({ deleted }) => deleted !== undefined));
  const after = usages(pids);
  const deleting = busySince(deleteFrom);
  const requests = requestsBetween(requestsBefore, await countApiRequests(options.cluster));
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
          proportionalMiB: middle.get(name)?.proportionalMiB ?? Number.NaN,
        },
      ]),
    ),
    requests,
    busyCores: { creating, deleting },
    idleShares: new Map(Object.keys(system.pids).map((name) => [name, spent(idleFrom, idleTo, name) / idleSeconds])),
    memoryMiB: Math.max(...[atWork, idleTo].map((usage) => sum(Object.keys(system.pids), memoryIn(usage)))),
  };
}

function first(times: ReadonlyArray<PodTimes>, what: keyof PodTimes): number {
  return times.reduce((least, time) => Math.min(least, time[what] ?? Number.NaN), Number.POSITIVE_INFINITY);
}

function perSecond(times: ReadonlyArray<PodTimes>, from: number, what: keyof PodTimes): number {
  const last = times.reduce((most, time) => Math.max(most, time[what] ?? Number.NaN), 0);
  return times.length / ((last - from) / 1_000);
}

interface BusyMoment {
  readonly at: number;
  readonly seconds: number;
}

function busyNow(): BusyMoment {
  return { at: performance.now(), seconds: machineSeconds() };
}

function busySince({ at, seconds }: BusyMoment): number {
  return (machineSeconds() - seconds) / ((performance.now() - at) / 1_000);
}
