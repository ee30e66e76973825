import type { SiteKind } from './site-kind.ts';

/** Faults of the site with the process sidecar, in the order of docs/reliability.md. `A to B` is the way from A to B. */
const processFaults = [
  'kill kubelet',
  'kill interlink',
  'kill sidecar',
  'kill all',
  'kill kubelet again and again',
  'kill interlink again and again',
  'kill sidecar again and again',
  'stop kubelet',
  'stop interlink',
  'stop sidecar',
  'stop mock',
  'api restarted',
  'api compacted',
  'api slow',
  'api 429',
  'api 500',
  'api 409',
  'api watches cut',
  'kubelet to api cut',
  'kubelet to api half-open',
  'kubelet to api resets',
  'kubelet to api delay',
  'kubelet to api answers lost',
  'kubelet to interlink cut',
  'kubelet to interlink half-open',
  'kubelet to interlink resets',
  'kubelet to interlink delay',
  'kubelet to interlink answers lost',
  'interlink to sidecar cut',
  'interlink to sidecar half-open',
  'interlink to sidecar resets',
  'interlink to sidecar delay',
  'interlink to sidecar answers lost',
  'interlink replicas swapped',
  'kubelet token expired',
  'interlink token expired',
  'two kubelets',
  'two kubelets, the leader stopped',
  'clock of kubelet moved',
  'clock of interlink moved',
  'clock of sidecar moved',
] as const;

const diskFaults = ['disk full', 'disk without inodes', 'disk read-only'] as const;
const dockerFaults = ['dockerd restarted', 'dockerd killed', 'dockerd stopped', 'docker machine cut'] as const;
const slurmFaults = ['slurmctld restarted', 'slurmctld killed', 'slurmctld stopped', 'slurmd killed'] as const;

export type RuntimeFaultName =
  | (typeof diskFaults)[number]
  | (typeof dockerFaults)[number]
  | (typeof slurmFaults)[number];
export type FaultName = (typeof processFaults)[number] | RuntimeFaultName;

/** What other sites meet besides their own: what touches their sidecar. What does not is the same at each site. */
const sidecarFaults: ReadonlyArray<FaultName> = [
  'kill sidecar',
  'kill all',
  'kill sidecar again and again',
  'stop sidecar',
  'kill kubelet again and again',
  'kubelet to interlink answers lost',
  'interlink to sidecar cut',
  'interlink to sidecar half-open',
  'interlink to sidecar resets',
  'interlink to sidecar answers lost',
];

export const faultNamesOf: Readonly<Record<SiteKind, ReadonlyArray<FaultName>>> = {
  process: processFaults,
  disk: [...diskFaults, ...sidecarFaults],
  docker: [...dockerFaults, ...sidecarFaults, 'clock of sidecar moved'],
  slurm: [...slurmFaults, ...sidecarFaults],
};

/**
 * What ends pods that run (`all`), or that are just being started (`starts`): they show that they failed, and how, instead of their due end.
 */
export const endedBy: Readonly<Partial<Record<FaultName, 'all' | 'starts'>>> = {
  'dockerd restarted': 'starts',
  'dockerd killed': 'starts',
  'docker machine cut': 'all',
  'slurmctld killed': 'all',
  'slurmd killed': 'all',
};

/** What needs another set of processes from the start. */
export const needsTwoKubelets = (name: FaultName) => name.startsWith('two kubelets');
export const needsReplicas = (name: FaultName) => name === 'interlink replicas swapped';

/** A Lease of the leader lasts 15 s, and the other asks every 2 s: a leader that is stopped for that long finds another in its place. */
export const leaderStopMs = 18_000;
