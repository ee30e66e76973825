import Type, { type Static } from 'typebox';
import { LabelName, SubdomainName, Uid } from '../names.ts';
import { Time } from '../time.ts';
import { parserOf } from '../validate.ts';

/**
 * What the pods of an owner use, in the words of the kubelet's summary API
 * (https://kubernetes.io/docs/reference/instrumentation/node-metrics/). What was not measured is left out, never 0: a zero takes the whole
 * pod out of `kubectl top`.
 */

/** A count that grows without end, as a decimal string: JSON numbers are exact up to 2^53 only, which are 104 days of one core. */
export const Counter = Type.String({ pattern: '^(0|[1-9]\\d{0,19})$' });

const Bytes = Type.Integer({ minimum: 0 });

export const CpuStats = Type.Object({
  /** Since the start, of all cores together: it never goes back. */
  usageCoreNanoSeconds: Counter,
});

export const MemoryStats = Type.Object({
  /** What can't be taken back under pressure: usage without file pages that nobody has used lately. */
  workingSetBytes: Bytes,
  usageBytes: Type.Optional(Bytes),
  rssBytes: Type.Optional(Bytes),
});

export const FsStats = Type.Object({ usedBytes: Bytes });

export const ContainerStats = Type.Object({
  name: LabelName,
  /** When this was measured, not when it was asked for. */
  time: Time,
  /** When the container started: its counters begin there. */
  startTime: Time,
  cpu: CpuStats,
  memory: MemoryStats,
  rootfs: Type.Optional(FsStats),
  logs: Type.Optional(FsStats),
});
export type ContainerStats = Static<typeof ContainerStats>;

export const NetworkStats = Type.Object({ time: Time, rxBytes: Counter, txBytes: Counter });

export const PodStats = Type.Object({
  uid: Uid,
  namespace: LabelName,
  name: SubdomainName,
  /** Running containers that were measured. */
  containers: Type.Array(ContainerStats),
  /** Of the whole pod, when the backend measures it as one (a Slurm job, a cgroup of its own); else the containers are added up. */
  whole: Type.Optional(Type.Object({ time: Time, cpu: CpuStats, memory: MemoryStats })),
  network: Type.Optional(NetworkStats),
  processCount: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type PodStats = Static<typeof PodStats>;

/** The answer to `GET …/stats`. */
export const NodeStats = Type.Object({
  pods: Type.Array(PodStats),
  /** What the machines behind the node use in all, others' work on them included; left out by a backend that can't tell. */
  node: Type.Optional(Type.Object({ time: Time, startTime: Type.Optional(Time), cpu: CpuStats, memory: MemoryStats })),
});
export type NodeStats = Static<typeof NodeStats>;

export const parseNodeStats = parserOf(NodeStats, 'statistics');
