/** One line of slurm.conf for a node: what tests are told that it has, not what the machine has. */
export interface ConfiguredNode {
  readonly name: string;
  /** Where slurmd is reached. */
  readonly address: string;
  /** With a colon before the first one in `Gres`: `gpu:a100:2`. */
  readonly gres: string;
  /** Comma between them; Slurm asks for at least one character. */
  readonly features: string;
}

/** What differs between the testbed's two kinds of Slurm. */
export interface SlurmConfOptions {
  /** Name and address of the machine that slurmctld runs on: `vm(127.0.0.1)`. */
  readonly controller: string;
  readonly controllerPort: number;
  readonly nodePort: number;
  readonly nodes: readonly ConfiguredNode[];
  /** Settings by name; they come last. Paths, mostly. */
  readonly settings: Readonly<Record<string, string | number>>;
}

export const CLUSTER_NAME = 'testbed';

/** CPUs and MiB that every node claims to have; slurmd does not check (`config_overrides`). */
export const NODE_CPUS = 16;
export const NODE_MEMORY_MIB = 16_000;

/** Time limit of the partition `short`, in minutes. */
export const SHORT_MINUTES = 5;

/**
 * Jobs start at once rather than after Slurm's own seconds, a dead node is found out in 15 s, and jobs of partition `low` make way for
 * those of `main` by being requeued, those of `lowcancel` by being cancelled.
 */
const COMMON: Readonly<Record<string, string | number>> = {
  ClusterName: CLUSTER_NAME,
  SlurmUser: 'root',
  AuthType: 'auth/munge',
  AccountingStorageType: 'accounting_storage/none',
  JobAcctGatherFrequency: 'task=1',
  SwitchType: 'switch/none',
  // Tests look at jobs that are over.
  MinJobAge: 3_600,
  SelectType: 'select/cons_tres',
  SelectTypeParameters: 'CR_Core_Memory',
  SchedulerParameters: 'sched_interval=1,bf_interval=1,sched_min_interval=10000',
  PreemptType: 'preempt/partition_prio',
  PreemptMode: 'REQUEUE',
  PriorityType: 'priority/multifactor',
  SlurmdParameters: 'config_overrides',
  SlurmdTimeout: 15,
  ReturnToService: 2,
  MailProg: '/bin/true',
  GresTypes: 'gpu',
};

/** Renders slurm.conf (slurm.conf(5)) of a cluster with the partitions main (default), low, lowcancel, short and down. */
export function renderSlurmConf({ controller, controllerPort, nodePort, nodes, settings }: SlurmConfOptions): string {
  const all = {
    ...COMMON,
    SlurmctldHost: controller,
    SlurmctldPort: controllerPort,
    SlurmdPort: nodePort,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const size = `CPUs=${NODE_CPUS} RealMemory=${NODE_MEMORY_MIB}`;
  for (const { name, address, gres, features } of nodes) {
    lines.push(`NodeName=${name} NodeAddr=${address} ${size} Features=${features} Gres=${gres}`);
  }
  const partition = (name: string, rest: string) => `PartitionName=${name} Nodes=ALL ${rest}`;
  lines.push(
    partition('main', 'Default=YES PriorityTier=10 DefMemPerCPU=100'),
    partition('low', 'PriorityTier=1 PreemptMode=REQUEUE DefMemPerCPU=100'),
    partition('lowcancel', 'PriorityTier=1 PreemptMode=CANCEL DefMemPerCPU=100'),
    partition('short', `PriorityTier=10 DefMemPerCPU=100 MaxTime=${SHORT_MINUTES}`),
    partition('down', 'State=DOWN'),
  );
  return `${lines.join('\n')}\n`;
}
