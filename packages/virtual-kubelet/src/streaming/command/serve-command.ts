import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { InterLinkError, type RemoteCommand } from '@interlink/protocol';
import type { CommandCaller } from './command-caller.ts';

/** Starts the command; the signal hangs up on it. Failures are InterLinkError. */
export type OpenCommand = (signal: AbortSignal) => Promise<RemoteCommand>;

/**
 * Connects a caller to the command it asked for: to the command's end, its status being the last word, or until the caller is
 * gone. Then nothing of both is left. A command that can't be started is a status, too.
 */
export async function serveCommand(caller: CommandCaller, open: OpenCommand): Promise<void> {
  let command: RemoteCommand;
  try {
    command = await open(caller.gone);
  } catch (error) {
    await Promise.all([endOutput(caller.stdout), endOutput(caller.stderr)]);
    caller.stdin?.resume();
    caller.finish({ error: InterLinkError.from(error) });
    return;
  }
  caller.onResize((size) => command.resize(size));
  if (caller.stdin !== undefined) feed(caller.stdin, command.stdin);
  const isGone = whenAborted(caller.gone);
  const isDone = Promise.all([
    copyOutput(command.stdout, caller.stdout),
    copyOutput(command.stderr, caller.stderr),
  ]).then(async () => await command.ended);
  const end = await Promise.race([isDone, isGone]);
  if (end !== undefined) caller.finish(end);
  command.close();
  for (const stream of [command.stdout, command.stderr]) stream?.destroy();
}

/** A command that no longer reads is no failure: the rest of its input goes nowhere. */
function feed(input: Readable, stdin: Writable | undefined): void {
  if (stdin === undefined) return void input.resume();
  const drop = () => {
    input.unpipe(stdin);
    input.resume();
  };
  stdin.once('error', drop).once('close', drop);
  stdin.on('error', () => undefined);
  // The caller's stream may close without an end: then the command has no more input either.
  input.once('close', () => stdin.end());
  input.pipe(stdin);
}

/** At the pace of the reader, to the end. An output that breaks counts as ended: how the command ended says more. */
async function copyOutput(output: Readable | undefined, target: Writable | undefined): Promise<void> {
  try {
    for await (const chunk of (output ?? []) as AsyncIterable<Buffer>) {
      if (target === undefined || target.destroyed) continue;
      if (!target.write(chunk)) await drained(target);
    }
  } catch {
    output?.destroy();
  }
  await endOutput(target);
}

/** Resolves once all of it has gone out, or never will. */
async function endOutput(target: Writable | undefined): Promise<void> {
  if (target === undefined || target.destroyed) return;
  await Promise.race([new Promise<void>((resolve) => target.end(() => resolve())), once(target, 'close')]);
}

async function drained(target: Writable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(target, 'drain', { signal }), once(target, 'close', { signal })]);
  over.abort();
}

async function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return undefined;
}
