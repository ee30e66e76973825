import type { ExecAction } from '@interlink/protocol';
import type { ActionTarget } from '../../actions/action-target.ts';
import { isTimeout, renderSeconds, untilAborted } from '../../actions/deadline.ts';
import { limitText } from '../../actions/limit-text.ts';
import { errored, failed, type ProbeLimits, type ProbeOutcome, succeeded } from './probe-outcome.ts';

/**
 * Succeeds when the command ends with 0. A command that can't be run says nothing; one that takes too long is a failure.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/exec/exec.go
 */
export async function probeByExec(
  action: ExecAction,
  target: ActionTarget,
  limits: ProbeLimits,
): Promise<ProbeOutcome> {
  const { command = [] } = action;
  if (target.exec === undefined) return errored('commands can’t be run in containers here');
  try {
    const { exitCode, output } = await untilAborted(target.exec(command, limits.signal), limits.signal);
    return exitCode === 0 ? succeeded(limitText(output)) : failed(limitText(output));
  } catch (error) {
    if (!isTimeout(limits.signal)) return errored(error);
    const what = JSON.stringify(command.join(' '));
    return failed(`command timed out: ${limitText(what)} timed out after ${renderSeconds(limits.timeoutSeconds)}`);
  }
}
