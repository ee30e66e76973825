import type { ExecAction } from '@interlink/protocol';
import type { ActionTarget } from '../actions/action-target.ts';
import { untilAborted } from '../actions/deadline.ts';
import { limitText } from '../actions/limit-text.ts';

/** Runs a command in the container, with no shell in between. @throws Error when it ends with another code than 0, or can't be run */
export async function execHook(
  { command = [] }: ExecAction,
  target: ActionTarget,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  if (target.exec === undefined) throw new Error('commands can’t be run in containers here');
  const { exitCode, output } = await untilAborted(target.exec(command, signal), signal);
  if (exitCode === 0) return;
  const said = JSON.stringify(limitText(output));
  throw new Error(`command '${command.join(' ')}' exited with ${exitCode}, message: ${said}`);
}
