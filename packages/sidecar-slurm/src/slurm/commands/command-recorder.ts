import type { SlurmTrouble } from '../slurm-error.ts';
import type { SlurmProgram } from './slurm-commands.ts';

export type CommandOutcome = 'ok' | SlurmTrouble;

/** Counts every Slurm command that was issued, and how long each took: of srun, how long the step lasted. */
export interface CommandRecorder {
  recordCommand(program: SlurmProgram, outcome: CommandOutcome, durationMs: number): void;
}
