/** The Slurm programs that are used. */
export const slurmPrograms = ['sbatch', 'squeue', 'scancel', 'sinfo', 'sacct', 'scontrol', 'srun'] as const;

export type SlurmProgram = (typeof slurmPrograms)[number];

/** How a program is run: what its arguments are put behind. See `parseCommandLine`. */
export interface CommandLine {
  /** At least one word: `['/usr/bin/sbatch']`, `['ssh', 'login', 'sbatch']`. */
  readonly argv: ReadonlyArray<string>;
  /** Index in `argv` of the first word that a remote shell reads, and so does everything behind it; undefined: no shell anywhere. */
  readonly remoteFrom: number | undefined;
}

export type SlurmCommands = Readonly<Record<SlurmProgram, CommandLine>>;
