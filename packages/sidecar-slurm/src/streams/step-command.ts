import { randomBytes } from 'node:crypto';
import {
  type AttachOptions,
  type CommandEnd,
  type ExecOptions,
  InterLinkError,
  quoteWord,
  type RemoteCommand,
  type TerminalSize,
} from '@interlink/sidecar-sdk';
import { bashArgv } from '../slurm/bash-argv.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { SlurmStep } from '../slurm/step.ts';
import { LastWord } from './last-word.ts';
import { StepTerminal } from './step-terminal.ts';

export interface StepRequest {
  readonly jobId: string;
  readonly node: string;
  /** What the step runs. Its last word on standard error is the mark and the command's exit code. */
  argv(mark: string): string[];
  /** Its first word there is the mark and a terminal's device, or none, and a newline. */
  readonly saysTerminal: boolean;
  readonly options: AttachOptions;
  readonly signal: AbortSignal;
}

/** Words: mark, script, its words. srun's own exit code is also that of a step that could not be made: the command's goes beside it. */
const plainScript = 'mark=$1; shift; bash "$@"; printf "%s%d\\n" "$mark" "$?" >&2';

/**
 * Words: mark, command for a shell. Standard error is not the terminal's: its device and the exit code go that way. util-linux' `script`
 * opens the terminal (https://man7.org/linux/man-pages/man1/script.1.html): `srun --pty` does without one silently where srun has none.
 */
const terminalScript =
  'mark=$1; export SHELL=/bin/sh; script -qefc "$2" /dev/null 3>&2; printf "%s%d\\n" "$mark" "$?" >&2';

/** A command inside a container. @param enterPath the script that runs its words there */
export function enterArgv(mark: string, enterPath: string, { command, tty }: ExecOptions): string[] {
  if (!tty) return scriptArgv(mark, enterPath, command);
  const words = ['bash', enterPath, ...command].map(quoteWord).join(' ');
  const named = `printf '${mark}%s\\n' "$(tty)" >&3; exec 3>&-; exec ${words}`;
  return bashArgv(terminalScript, mark, named);
}

/** A script of bash, by its path on the node. */
export function scriptArgv(mark: string, path: string, words: ReadonlyArray<string>): string[] {
  return bashArgv(plainScript, mark, path, ...words);
}

/** Runs a command by a step of a job. */
export function runInStep(slurm: Pick<SlurmApi, 'spawnStep'>, request: StepRequest): RemoteCommand {
  const { jobId, node, options, signal } = request;
  const mark = `<${randomBytes(12).toString('hex')}>`;
  const step = slurm.spawnStep(jobId, request.argv(mark), { node, signal });
  const terminal = request.saysTerminal ? new StepTerminal(slurm, { jobId, node, mark, signal }) : undefined;
  const lastWord = new LastWord(mark);
  const said = terminal === undefined ? step.stderr : step.stderr.pipe(terminal.device);
  said.pipe(lastWord);
  for (const stream of [step.stdin, step.stdout, step.stderr]) stream.on('error', () => undefined);
  if (!options.stdin) step.stdin.end();
  if (!options.stdout) step.stdout.resume();
  const chatter = options.stderr && !options.tty ? undefined : collect(lastWord);
  return {
    stdin: options.stdin ? step.stdin : undefined,
    stdout: options.stdout ? step.stdout : undefined,
    stderr: options.stderr && !options.tty ? lastWord : undefined,
    resize: (size: TerminalSize) => terminal?.resize(size),
    ended: endOf(step, lastWord, jobId, chatter),
    close: () => step.close(),
  };
}

async function endOf(
  step: SlurmStep,
  lastWord: LastWord,
  jobId: string,
  chatter: (() => string) | undefined,
): Promise<CommandEnd> {
  const { exitCode } = await step.ended;
  if (!lastWord.writableFinished && !lastWord.destroyed) {
    await new Promise((resolve) => lastWord.once('finish', resolve).once('close', resolve));
  }
  if (lastWord.exitCode !== undefined) return { exitCode: lastWord.exitCode };
  // Whoever reads standard error has read there what srun had to say.
  if (exitCode > 128) return { exitCode };
  const text = chatter?.().trim() ?? '';
  const message = `Cannot enter job ${jobId}: srun exited with code ${exitCode}${text === '' ? '' : `: ${text}`}`;
  return { error: new InterLinkError('unavailable', message) };
}

/** Reads a stream to its end and keeps its beginning. */
function collect(stream: LastWord): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < 2_048) text += chunk.toString();
  });
  return () => text;
}
