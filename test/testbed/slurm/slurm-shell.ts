import type { CommandResult } from '../process/run-command.ts';

export interface ShellOptions {
  /** Default: the ordinary account that jobs belong to. */
  readonly account?: string | undefined;
  /** More variables; the account's own (HOME, USER, LOGNAME, PATH, and SLURM_CONF where there is need of it) are there. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly input?: string | undefined;
}

/** A place where Slurm's commands work, whichever of the testbed's Slurms it belongs to. */
export interface SlurmShell {
  /** Runs a command in the account's home, with its groups and a clean environment. One that fails is a result, too. */
  run(argv: readonly string[], options?: ShellOptions): Promise<CommandResult>;
}
