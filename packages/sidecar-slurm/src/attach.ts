import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type AttachOptions,
  type CommandEnd,
  declared,
  InterLinkError,
  type PodReference,
  type RemoteCommand,
} from '@interlink/sidecar-sdk';
import { findRunning, type RunningPod, type StreamContext } from './exec.ts';
import { readLog } from './logs.ts';
import { recordContent } from './streams/record-content.ts';
import { runInStep, scriptArgv } from './streams/step-command.ts';

export interface AttachRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: AttachOptions;
  readonly signal: AbortSignal;
}

/** Of script/lib/input.sh: `stdinOnce`, and whoever attached first has left. */
const inputIsOver = 3;
/** Of bash: the job has no such script, because a site's own script runs its containers. */
const noScript = 127;

/**
 * Shows what a container writes from now on, errors among it. With input a step of the job does both, so that it needs no shared file
 * system and nobody waits for one; else the log is followed where it is.
 * @throws InterLinkError `failed_precondition` when it does not run, or takes no input and input was asked for
 */
export async function attachToContainer(context: StreamContext, request: AttachRequest): Promise<RemoteCommand> {
  const { pod, container, options } = request;
  const running = await findRunning(context, pod, container);
  if (!options.stdin) return await followOutput(context, request);
  const spec = declared(running.entry.stored.pod).find(({ spec }) => spec.name === container)?.spec;
  if (spec?.stdin !== true) throw noInput(request, 'no stdin');
  return attachByStep(context, request, running);
}

async function followOutput(
  context: StreamContext,
  { pod, container, options: { stdout: isWanted } }: AttachRequest,
): Promise<RemoteCommand> {
  const leave = new AbortController();
  const lines = await readLog(context, {
    ...{ pod, container, signal: leave.signal },
    options: { follow: true, tailLines: 0 },
  });
  const output = handOn(Readable.from(lines), isWanted);
  return {
    ...{ stdin: undefined, stdout: output.stdout, stderr: undefined },
    ended: output.ended.then((end) => (leave.signal.aborted ? { exitCode: 0 } : end)),
    resize: () => undefined,
    close: () => {
      leave.abort();
      output.close();
    },
  };
}

function attachByStep(
  context: StreamContext,
  request: AttachRequest,
  { entry, jobId, node }: RunningPod,
): RemoteCommand {
  const { container, options, signal } = request;
  const path = entry.scriptPath(container, 'attach');
  const command = runInStep(context.slurm, {
    ...{ jobId, node, signal, saysTerminal: true },
    argv: (mark) => scriptArgv(mark, path, [mark]),
    options: { stdin: true, stdout: true, stderr: false, tty: options.tty },
  });
  const output = handOn(Readable.from(recordContent(command.stdout ?? Readable.from([]))), options.stdout);
  return {
    ...{ stdin: command.stdin, stdout: output.stdout, stderr: undefined },
    resize: command.resize,
    ended: command.ended.then(async (end) => {
      await output.ended;
      return toEnd(end, request);
    }),
    close: () => {
      command.close();
      output.close();
    },
  };
}

function toEnd(end: CommandEnd, request: AttachRequest): CommandEnd {
  if (end.error !== undefined) return end;
  if (end.exitCode === noScript) return { error: noInput(request, 'no stdin: a script of this site runs it') };
  if (end.exitCode !== inputIsOver) return end;
  return { error: noInput(request, 'no stdin any more: with stdinOnce it ends when the first client leaves') };
}

/** To its end, at the pace of who reads; to nowhere when nobody wants it. */
function handOn(source: Readable, isWanted: boolean) {
  const stdout = new PassThrough();
  if (!isWanted) stdout.resume();
  const ended: Promise<CommandEnd> = pipeline(source, stdout).then(
    () => ({ exitCode: 0 }),
    (error: unknown) => ({ error: InterLinkError.from(error) }),
  );
  return { stdout: isWanted ? stdout : undefined, ended, close: () => void stdout.destroy() };
}

function noInput({ pod, container }: AttachRequest, why: string): InterLinkError {
  return new InterLinkError('failed_precondition', `container "${container}" in pod "${pod.name}" has ${why}`);
}
