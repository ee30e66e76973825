import type { CommandOrder, CommandOutput, RunCommand } from '../commands/run-command.ts';
import type { CommandLine, SlurmCommands, SlurmProgram } from '../commands/slurm-commands.ts';

const bare = (program: SlurmProgram): CommandLine => ({ argv: [program], remoteFrom: undefined });

/** Every program by its bare name. */
export const bareCommands: SlurmCommands = {
  sbatch: bare('sbatch'),
  squeue: bare('squeue'),
  scancel: bare('scancel'),
  sinfo: bare('sinfo'),
  sacct: bare('sacct'),
  scontrol: bare('scontrol'),
  srun: bare('srun'),
};

export function answered(stdout: string, stderr = ''): CommandOutput {
  return { ending: 'exited', exitCode: 0, stdout, stderr };
}

export function failedWith(stderr: string, exitCode = 1): CommandOutput {
  return { ending: 'exited', exitCode, stdout: '', stderr };
}

export const late: CommandOutput = { ending: 'late', exitCode: undefined, stdout: '', stderr: '' };

/** Answers every command by a test's own function, and remembers what was asked. */
export class ScriptedCommands {
  readonly orders: CommandOrder[] = [];
  answer: (argv: ReadonlyArray<string>) => CommandOutput | Promise<CommandOutput> = () => answered('');

  readonly run: RunCommand = async (order) => {
    this.orders.push(order);
    return await this.answer(order.argv);
  };

  /** The command lines so far. */
  get argvs(): ReadonlyArray<string>[] {
    return this.orders.map(({ argv }) => argv);
  }
}
