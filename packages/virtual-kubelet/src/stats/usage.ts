/** What a node, its pods and their containers use at one moment, whoever measured it. Times are milliseconds since the epoch. */
export interface Usage {
  /** Undefined: nobody can tell. */
  readonly node: NodeUsage | undefined;
  readonly pods: ReadonlyArray<PodUsage>;
}

/** A counter and what is used of the memory, measured together. */
export interface Sample {
  readonly timeMs: number;
  /** Since the start. */
  readonly cpuNanoseconds: bigint;
  /** As much at a time, in billionths of a core; undefined until there are two samples. */
  readonly cpuNanoCores: bigint | undefined;
  readonly workingSetBytes: number;
  readonly usageBytes: number | undefined;
  readonly rssBytes: number | undefined;
}

export interface NodeUsage extends Sample {
  readonly startTimeMs: number | undefined;
}

export interface ContainerUsage extends Sample {
  readonly name: string;
  readonly image: string;
  /** As the pod's status has it; empty when it has none. */
  readonly containerID: string;
  readonly startTimeMs: number;
  readonly rootfsBytes: number | undefined;
  readonly logBytes: number | undefined;
  /** What the pod's author granted, as quantities. */
  readonly limits: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
}

export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly startTimeMs: number | undefined;
  /** Running containers that were measured. */
  readonly containers: ReadonlyArray<ContainerUsage>;
  /** Of all of it; undefined when nothing of it was measured. */
  readonly whole: Sample | undefined;
  readonly network: { readonly timeMs: number; readonly rxBytes: bigint; readonly txBytes: bigint } | undefined;
  readonly processCount: number | undefined;
}
