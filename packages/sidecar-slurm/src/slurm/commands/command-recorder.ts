import type { SlurmProgram } from './slurm-commands.ts';

/** `ok`, or an error's code and reason in one word: what Slurm refused, what did not answer, what nobody knows. */
export type CommandOutcome = 'ok' | 'refused' | 'away' | 'busy' | 'uncertain';

/** Counts every Slurm command that was issued: for `slurm_commands_total` and `slurm_command_seconds`. */
export interface CommandRecorder {
  recordCommand(program: SlurmProgram, outcome: CommandOutcome, durationMs: number): void;
}
