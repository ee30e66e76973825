import { type Clock, InterLinkError, type Logger } from '@interlink/sidecar-sdk';
import type { Partition, SlurmNode, SlurmSettings } from './cluster.ts';
import type { CommandRecorder } from './commands/command-recorder.ts';
import type { RunCommand } from './commands/run-command.ts';
import type { SlurmCommands } from './commands/slurm-commands.ts';
import type { AccountingQuery, CancelMode, SlurmApi } from './slurm-api.ts';
import type { PodJob, SlurmJob } from './slurm-job.ts';
import type { SlurmStep, StepOptions } from './step.ts';
import type { SubmitOrder, Submitted } from './submit-order.ts';

export interface SlurmOptions {
  readonly commands: SlurmCommands;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: nobody counts. */
  readonly recorder?: CommandRecorder;
  /** Default: real processes. */
  readonly run?: RunCommand;
  /** What the environment of the commands is taken from. */
  readonly env: NodeJS.ProcessEnv;
}

/** Slurm by its commands. */
export class Slurm implements SlurmApi {
  readonly #options: SlurmOptions;

  constructor(options: SlurmOptions) {
    this.#options = options;
  }

  /** Keeps submissions below a rate; undefined: one after another, as fast as Slurm takes them. */
  limitSubmissions(_rate: { readonly burst: number; readonly perSecond: number } | undefined): void {
    throw this.#notMade();
  }

  async submit(_order: SubmitOrder): Promise<Submitted> {
    throw this.#notMade();
  }

  async jobs(): Promise<PodJob[]> {
    throw this.#notMade();
  }

  async accounting(_query: AccountingQuery): Promise<SlurmJob[] | undefined> {
    throw this.#notMade();
  }

  async cancel(_ids: ReadonlyArray<string>, _mode: CancelMode): Promise<void> {
    throw this.#notMade();
  }

  async nodes(): Promise<SlurmNode[]> {
    throw this.#notMade();
  }

  async partitions(): Promise<Partition[]> {
    throw this.#notMade();
  }

  async settings(): Promise<SlurmSettings> {
    throw this.#notMade();
  }

  spawnStep(_jobId: string, _argv: ReadonlyArray<string>, _options: StepOptions): SlurmStep {
    throw this.#notMade();
  }

  #notMade(): InterLinkError {
    return new InterLinkError('unimplemented', `Not made yet: ${this.#options.commands.sbatch.argv.join(' ')}`);
  }
}
