/** Generic resources of a node, as its `Gres` has them. */
export interface Gres {
  /** `gpu` */
  readonly name: string;
  /** `a100`; undefined when the site names no types. */
  readonly type: string | undefined;
  readonly count: number;
}

/** A node, once, whatever number of partitions it is in. */
export interface SlurmNode {
  readonly name: string;
  /** Sorted. */
  readonly partitions: ReadonlyArray<string>;
  /** The base state in lower case: `idle`, `mixed`, `allocated`, `down`, `unknown`, … */
  readonly state: string;
  /** What stands beside it: `drain`, `maint`, `reserved`, `powered_down`, `not_responding`, … */
  readonly flags: ReadonlyArray<string>;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly allocatedCpus: number;
  readonly allocatedMemoryMiB: number;
  readonly gres: ReadonlyArray<Gres>;
  readonly allocatedGres: ReadonlyArray<Gres>;
  readonly features: ReadonlyArray<string>;
}

/** A partition's own settings, by `scontrol show partition`. */
export interface Partition {
  readonly name: string;
  /** `UP`, `DOWN` (queues, never starts), `DRAIN` (refuses new jobs), `INACTIVE` (both). */
  readonly state: string;
  readonly isDefault: boolean;
  /** Undefined: no limit. A longer `--time` pends for ever unless the site enforces limits. */
  readonly maxTimeMinutes: number | undefined;
  /** What a job without `--time` gets; undefined: the maximum. */
  readonly defaultTimeMinutes: number | undefined;
  /** Undefined: no limit. */
  readonly maxNodes: number | undefined;
  readonly minNodes: number;
  readonly maxCpusPerNode: number | undefined;
  /** What a job without `--mem` gets; undefined: all of the node's, or the other of the two. */
  readonly defaultMemoryPerCpuMiB: number | undefined;
  readonly defaultMemoryPerNodeMiB: number | undefined;
  readonly maxMemoryPerCpuMiB: number | undefined;
  readonly maxMemoryPerNodeMiB: number | undefined;
  readonly totalCpus: number;
  readonly totalNodes: number;
  /** Slurm's list of nodes: `c[1-2]`. */
  readonly nodes: string;
  /** Undefined: everybody. */
  readonly allowAccounts: ReadonlyArray<string> | undefined;
  readonly denyAccounts: ReadonlyArray<string>;
  readonly allowGroups: ReadonlyArray<string> | undefined;
  readonly allowQos: ReadonlyArray<string> | undefined;
  readonly denyQos: ReadonlyArray<string>;
  /** Only root may submit to it. */
  readonly isRootOnly: boolean;
  /** Jobs have to name a reservation. */
  readonly requiresReservation: boolean;
  /** `OFF`, `CANCEL`, `REQUEUE`, … */
  readonly preemptMode: string;
}

/** How many requests of one account slurmctld takes (`rl_enable`). https://slurm.schedmd.com/slurm.conf.html#OPT_rl_enable */
export interface RequestLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** What of `scontrol show config` matters to us. */
export interface SlurmSettings {
  /** `24.11.5` */
  readonly version: string;
  readonly clusterName: string;
  readonly maxJobCount: number;
  /** How long squeue knows a job that has ended. */
  readonly minJobAgeSeconds: number;
  /** Between TERM and KILL of a cancelled job. */
  readonly killWaitSeconds: number;
  /** Undefined unless slurmctld limits requests. */
  readonly requestLimit: RequestLimit | undefined;
  readonly hasAccounting: boolean;
  /** Sites may have Slurm start jobs over unless they say otherwise (`JobRequeue`). */
  readonly requeuesByDefault: boolean;
  /** Any other line, by its key: `SchedulerParameters`, `SelectTypeParameters`, … */
  readonly all: ReadonlyMap<string, string>;
}
