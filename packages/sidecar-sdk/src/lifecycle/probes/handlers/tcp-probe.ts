import type { TcpSocketAction } from '@interlink/protocol';
import type { ActionTarget } from '../../actions/action-target.ts';
import { isTimeout } from '../../actions/deadline.ts';
import { DialError, dial, joinHostPort } from '../../actions/dial.ts';
import { resolvePort } from '../../actions/resolve-port.ts';
import { errored, failed, type ProbeLimits, type ProbeOutcome, succeeded } from './probe-outcome.ts';

/**
 * Succeeds when the port takes a connection.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/tcp/tcp.go
 */
export async function probeByTcp(
  action: TcpSocketAction,
  target: ActionTarget,
  { signal }: ProbeLimits,
): Promise<ProbeOutcome> {
  const host = action.host || undefined;
  try {
    const port = resolvePort(action.port, target.container);
    try {
      const socket = await dial(target, { host, port }, signal);
      socket.destroy();
      return succeeded('');
    } catch (error) {
      if (isTimeout(signal)) return failed(`dial tcp ${joinHostPort(host ?? target.host, port)}: i/o timeout`);
      if (error instanceof DialError) return failed(error.message);
      throw error;
    }
  } catch (error) {
    return errored(error);
  }
}
