import type { Clock, Logger, Rate } from '@interlink/sidecar-sdk';
import { assertJobId, isCancelled, toCancelArguments, toGroups } from './cancel-arguments.ts';
import type { Partition, SlurmNode, SlurmSettings } from './cluster.ts';
import type { CommandRecorder } from './commands/command-recorder.ts';
import { type Call, CommandRunner } from './commands/command-runner.ts';
import { runByShell } from './commands/run-by-shell.ts';
import type { RunCommand } from './commands/run-command.ts';
import type { SlurmCommands } from './commands/slurm-commands.ts';
import { SubmitQueue } from './pace/submit-queue.ts';
import { accountingFields, parseAccounting } from './parse/accounting.ts';
import { JobLines } from './parse/job-lines.ts';
import { jobFields } from './parse/jobs.ts';
import { parseNodeReasons } from './parse/node-reasons.ts';
import { nodeFields, parseNodes } from './parse/nodes.ts';
import { parsePartitions } from './parse/partitions.ts';
import { toFormat } from './parse/rows.ts';
import { parseSettings } from './parse/settings.ts';
import type { AccountingQuery, CancelMode, SlurmApi } from './slurm-api.ts';
import { slurmError } from './slurm-error.ts';
import type { PodJob, SlurmJob } from './slurm-job.ts';
import { spawnStep } from './spawn-step.ts';
import type { SlurmStep, StepOptions } from './step.ts';
import { parseJobId, toSubmitArguments } from './submit-arguments.ts';
import type { SubmitOrder, Submitted } from './submit-order.ts';

export interface SlurmOptions {
  readonly commands: SlurmCommands;
  readonly logger: Logger;
  readonly clock: Clock;
  /** What the environment of the commands is taken from: `process.env`. */
  readonly env: NodeJS.ProcessEnv;
  /** Default: nobody counts. */
  readonly recorder?: CommandRecorder;
  /** Default: real processes, begun by shells. */
  readonly run?: RunCommand;
  /** How many jobs are submitted; default: no limit, or just below that of Slurm (`rl_enable`) once {@link Slurm.settings} has seen it. */
  readonly submitRate?: Rate;
}

/** sacct's way to say that there is no accounting. */
const accountingDisabled = /accounting storage is disabled/i;

/** Slurm by its commands. */
export class Slurm implements SlurmApi {
  readonly #options: SlurmOptions;
  readonly #runner: CommandRunner;
  readonly #submissions: SubmitQueue;
  readonly #jobLines = new JobLines();
  #hasAccounting = true;

  constructor(options: SlurmOptions) {
    this.#options = options;
    const { recorder, run = runByShell() } = options;
    this.#runner = new CommandRunner({ ...options, recorder, run });
    this.#submissions = new SubmitQueue(options.clock, options.submitRate);
  }

  async submit(order: SubmitOrder): Promise<Submitted> {
    const action = `Cannot submit job for pod "${order.identity.namespace}/${order.identity.name}"`;
    const args = toSubmitArguments(order);
    return await this.#submissions.run(async (isNext) => {
      const isAnswer: Call['isAnswer'] = ({ exitCode, stdout }) => exitCode === 0 && parseJobId(stdout) !== undefined;
      const call: Call = { program: 'sbatch', args, action, isAnswer, queue: { name: 'sbatch', isNext } };
      const { ending, stdout } = await this.#runner.run(call);
      return ending === 'unbegun' ? undefined : { jobId: parseJobId(stdout) ?? '' };
    }, action);
  }

  async jobs(): Promise<ReadonlyArray<PodJob>> {
    const args = ['--me', '--noheader', '--states=all', `--Format=${toFormat(jobFields)}`];
    return this.#jobLines.parse(await this.#ask({ program: 'squeue', args, action: 'Cannot list jobs' }));
  }

  async accounting(query: AccountingQuery): Promise<SlurmJob[] | undefined> {
    const found: SlurmJob[] = [];
    for (const which of this.#toSelections(query)) {
      if (!this.#hasAccounting) return undefined;
      const format = `--format=${accountingFields.join(',')}`;
      const args = ['--noheader', '--parsable', '--allocations', format, which];
      const call: Call = {
        program: 'sacct',
        args,
        action: 'Cannot read accounting records',
        isAnswer: ({ exitCode, stderr }) => exitCode === 0 || accountingDisabled.test(stderr),
      };
      const { exitCode, stdout } = await this.#runner.run(call);
      this.#hasAccounting = exitCode === 0;
      found.push(...parseAccounting(stdout));
    }
    return this.#hasAccounting ? found : undefined;
  }

  async cancel(ids: ReadonlyArray<string>, mode: CancelMode): Promise<void> {
    const calls = toGroups(ids).map((group): Call => {
      const args = toCancelArguments(group, mode);
      return { program: 'scancel', args, action: `Cannot cancel ${group.length} jobs`, isAnswer: isCancelled };
    });
    const outcomes = await Promise.allSettled(calls.map(async (call) => await this.#runner.run(call)));
    const failure = outcomes.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  }

  async nodes(): Promise<SlurmNode[]> {
    const args = ['--noheader', '--Node', `--Format=${toFormat(nodeFields)}`];
    return parseNodes(await this.#ask({ program: 'sinfo', args, action: 'Cannot list nodes' }));
  }

  async nodeReasons(nodes: ReadonlyArray<string>): Promise<ReadonlyMap<string, string>> {
    const args = ['show', 'node', nodes.join(','), '--oneliner'];
    return parseNodeReasons(await this.#ask({ program: 'scontrol', args, action: 'Cannot ask for nodes' }));
  }

  async partitions(): Promise<Partition[]> {
    const args = ['show', 'partition', '--oneliner'];
    return parsePartitions(await this.#ask({ program: 'scontrol', args, action: 'Cannot list partitions' }));
  }

  async settings(): Promise<SlurmSettings> {
    const args = ['show', 'config'];
    const settings = parseSettings(await this.#ask({ program: 'scontrol', args, action: 'Cannot read settings' }));
    if (settings.version === '') throw slurmError('away', 'Cannot read settings: scontrol shows no version');
    this.#hasAccounting = settings.hasAccounting;
    this.#submissions.limit(settings.requestLimit);
    return settings;
  }

  spawnStep(jobId: string, argv: ReadonlyArray<string>, options: StepOptions): SlurmStep {
    const { commands, env, recorder } = this.#options;
    const startedAt = performance.now();
    const step = spawnStep(commands.srun, jobId, argv, env, options);
    void step.ended.then(({ error }) =>
      recorder?.recordCommand('srun', error === undefined ? 'ok' : 'away', performance.now() - startedAt),
    );
    return step;
  }

  #toSelections(query: AccountingQuery): string[] {
    if ('ids' in query) return toGroups(query.ids).map((ids) => `--jobs=${ids.map(assertJobId).join(',')}`);
    const seconds = Math.max(0, Math.ceil((this.#options.clock.now() - query.since.getTime()) / 1_000));
    return [`--starttime=now-${seconds}seconds`];
  }

  async #ask(call: Call): Promise<string> {
    return (await this.#runner.run(call)).stdout;
  }
}
