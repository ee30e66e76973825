/** A kind of job that the administrator has described, as the Slurm plugin of old has it. */
export interface Flavor {
  readonly name: string;
  readonly description: string | undefined;
  /** For pods that name no CPU. */
  readonly cpus: number | undefined;
  /** For pods that name no memory. */
  readonly memoryMiB: number | undefined;
  /** Whom its jobs run as. */
  readonly uid: number | undefined;
  /** Options of sbatch by their long names. */
  readonly flags: ReadonlyMap<string, string | true>;
}

export interface Flavors {
  readonly all: ReadonlyMap<string, Flavor>;
  /** Of pods that name none and match none. */
  readonly byDefault: Flavor | undefined;
}
