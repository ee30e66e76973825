import { readdir, stat } from 'node:fs/promises';
import {
  type ContainerStats,
  type NodeStats,
  type Owner,
  ownerKey,
  type PodStats,
  readMachineUsage,
} from '@interlink/sidecar-sdk';
import { isPodFolderName, PodFolder } from './folder/pod-folder.ts';
import type { PodRecord } from './folder/pod-record.ts';
import { readPod } from './folder/read-pod.ts';
import type { Child } from './runner/records.ts';
import { keyOf, type SessionMeter, type SessionUsage } from './stats/session-meter.ts';

interface RunningContainer {
  readonly name: string;
  readonly child: Child;
  readonly logFile: string;
}

interface RunningPod {
  readonly record: PodRecord;
  readonly containers: ReadonlyArray<RunningContainer>;
}

/** What the owner's running containers use, and this machine in all. One look at the process table for all of them. */
export async function measurePods(podsFolder: string, owner: Owner, meter: SessionMeter): Promise<NodeStats> {
  const running = await findRunning(podsFolder);
  meter.keep(running.flatMap(leadersOf));
  const own = running.filter(({ record }) => ownerKey(record.owner) === ownerKey(owner));
  const [node, measured] = await Promise.all([readMachineUsage(), meter.measure(own.flatMap(leadersOf))]);
  const pods = await Promise.all(own.map(async (pod) => await toPodStats(pod, measured)));
  return { ...(node === undefined ? {} : { node }), pods };
}

async function findRunning(podsFolder: string): Promise<RunningPod[]> {
  const uids = (await readdir(podsFolder)).filter(isPodFolderName);
  const found = await Promise.all(uids.map(async (uid) => await readRunning(new PodFolder(podsFolder, uid))));
  return found.filter((pod) => pod !== undefined);
}

async function readRunning(folder: PodFolder): Promise<RunningPod | undefined> {
  // What can't be read is not measured: a list tells of it.
  const record = await readPod(folder).catch(() => undefined);
  if (record === undefined) return undefined;
  const containers = record.attempts.flatMap(({ container: name, number, state }) =>
    state.kind === 'running' ? [{ name, child: state.child, logFile: folder.attemptFile(name, number, 'log') }] : [],
  );
  return { record, containers };
}

function leadersOf({ containers }: RunningPod): Child['process'][] {
  return containers.map(({ child }) => child.process);
}

async function toPodStats(
  { record, containers }: RunningPod,
  measured: ReadonlyMap<string, SessionUsage>,
): Promise<PodStats> {
  const { uid, namespace, name } = record.pod.metadata;
  const usages = containers.flatMap(({ child }) => measured.get(keyOf(child.process)) ?? []);
  const stats = await Promise.all(
    containers.map(async (container) => await toStats(container, measured.get(keyOf(container.child.process)))),
  );
  return {
    ...{ uid, namespace, name },
    containers: stats.filter((one) => one !== undefined),
    ...(usages.length === 0 ? {} : { processCount: usages.reduce((sum, { processCount }) => sum + processCount, 0) }),
  };
}

async function toStats(
  { name, child, logFile }: RunningContainer,
  usage: SessionUsage | undefined,
): Promise<ContainerStats | undefined> {
  if (usage === undefined || usage.cpuNanoseconds === 0n || usage.residentBytes === 0) return undefined;
  const { time, cpuNanoseconds, residentBytes } = usage;
  const logBytes = await stat(logFile).then(
    ({ size }) => size,
    () => undefined,
  );
  return {
    name,
    time: time.toISOString(),
    startTime: child.startedAt,
    cpu: { usageCoreNanoSeconds: String(cpuNanoseconds) },
    // No control group tells which file pages are whose: what is resident is what is worked with.
    memory: { workingSetBytes: residentBytes, rssBytes: residentBytes },
    ...(logBytes === undefined ? {} : { logs: { usedBytes: logBytes } }),
  };
}
