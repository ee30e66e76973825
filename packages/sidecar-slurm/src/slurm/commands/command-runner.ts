import type { Clock, Logger } from '@interlink/sidecar-sdk';
import { HoldOff } from '../pace/hold-off.ts';
import { Slots } from '../pace/slots.ts';
import { slurmError } from '../slurm-error.ts';
import { clientEnvironment } from './client-environment.ts';
import type { CommandOutcome, CommandRecorder } from './command-recorder.ts';
import { describe, diagnose, isAtLimit } from './diagnose.ts';
import type { CommandOrder, CommandOutput, RunCommand } from './run-command.ts';
import type { SlurmCommands, SlurmProgram } from './slurm-commands.ts';
import { toArgv } from './to-argv.ts';

/** Longer than a command tries by itself (9 s when refused, 29 s when the controller's host is gone). */
const usualDeadlineMs = 60_000;
/** scancel that is to signal a job which waits tries that again and again for minutes. */
const scancelDeadlineMs = 35_000;
/** A line of squeue has some 300 bytes: room for 200,000 jobs. */
const maxOutputBytes = 64 * 1024 * 1024;
/** Commands under way at once, of all kinds. */
const concurrency = 4;

export interface CommandRunnerOptions {
  readonly commands: SlurmCommands;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly recorder: CommandRecorder | undefined;
  readonly run: RunCommand;
  readonly env: NodeJS.ProcessEnv;
}

export interface Call {
  readonly program: SlurmProgram;
  readonly args: ReadonlyArray<string>;
  /** What could not be done, for the error: `Cannot list jobs`. */
  readonly action: string;
  /** Whether an output that ended by itself is an answer. Default: exit code 0; what stands on stderr is no failure. */
  isAnswer?(output: CommandOutput): boolean;
  /** As in `CommandOrder`: what is `unbegun` is an answer, too. */
  readonly queue?: CommandOrder['queue'];
}

/** Runs Slurm's commands: few at once, each with a deadline, none while Slurm is known to be away. Counts them all. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #env: Readonly<Record<string, string>>;
  readonly #slots = new Slots(concurrency);
  readonly #controller = new HoldOff();
  readonly #database = new HoldOff();

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
    this.#env = clientEnvironment(options.env);
  }

  /** @throws InterLinkError of `slurmError` */
  async run(call: Call): Promise<CommandOutput> {
    return await this.#slots.run(async () => {
      const { clock } = this.#options;
      const peer = call.program === 'sacct' ? this.#database : this.#controller;
      const waitMs = peer.ask(clock.now());
      if (waitMs > 0)
        throw slurmError(
          'away',
          `${call.action}: Slurm did not answer before; it is asked again in ${Math.ceil(waitMs / 1_000)} s`,
        );
      const { output, trouble } = await this.#execute(call);
      if (output.ending === 'unbegun') return output;
      if (trouble === undefined) {
        peer.succeeded();
        return output;
      }
      const message = `${call.action}: ${describe(output, call.program, deadlineOf(call.program))}`;
      const isDeaf = trouble === 'away' || (trouble === 'uncertain' && !isAtLimit(output));
      if (isDeaf) this.#fail(peer, call.program, message);
      else peer.succeeded();
      throw slurmError(trouble, message);
    });
  }

  #fail(peer: HoldOff, program: SlurmProgram, reason: string): void {
    peer.failed(this.#options.clock.now());
    this.#options.logger.warn({ program, reason }, 'Slurm does not answer');
  }

  async #execute({ program, args, queue, isAnswer = ({ exitCode }) => exitCode === 0 }: Call) {
    const { commands, run, logger, recorder } = this.#options;
    const argv = toArgv(commands[program], args);
    let startedAt = performance.now();
    const onBegin = () => {
      startedAt = performance.now();
    };
    const inQueue = queue === undefined ? {} : { queue, onBegin };
    const output = await run({ argv, env: this.#env, deadlineMs: deadlineOf(program), maxOutputBytes, ...inQueue });
    if (output.ending === 'unbegun') return { output, trouble: undefined };
    const durationMs = performance.now() - startedAt;
    const isDone = output.ending === 'exited' && isAnswer(output);
    const trouble = isDone ? undefined : diagnose(output, program, args);
    const outcome: CommandOutcome = trouble ?? 'ok';
    recorder?.recordCommand(program, outcome, durationMs);
    logger.debug({ program, outcome, durationMs: Math.round(durationMs) }, 'Slurm command');
    return { output, trouble };
  }
}

function deadlineOf(program: SlurmProgram): number {
  return program === 'scancel' ? scancelDeadlineMs : usualDeadlineMs;
}
