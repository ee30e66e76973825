import type { GrpcAction } from '@interlink/protocol';
import type { ActionTarget } from '../../actions/action-target.ts';
import { isTimeout, renderSeconds } from '../../actions/deadline.ts';
import { dial, joinHostPort } from '../../actions/dial.ts';
import { checkHealth, openSession } from '../../actions/grpc/health-check.ts';
import { errored, failed, type ProbeLimits, type ProbeOutcome, succeeded } from './probe-outcome.ts';

/**
 * Succeeds when the server says that the service is serving, over HTTP/2 without TLS. Unlike a kubelet, which tries again until
 * the time is over, it connects once: that it was refused is told at once and by name.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/grpc/grpc.go
 */
export async function probeByGrpc(
  action: GrpcAction,
  target: ActionTarget,
  limits: ProbeLimits,
): Promise<ProbeOutcome> {
  const { signal } = limits;
  const address = joinHostPort(target.host, action.port);
  const within = renderSeconds(limits.timeoutSeconds);
  try {
    const socket = await dial(target, { host: undefined, port: action.port }, signal);
    const session = await openSession(socket, address, signal);
    try {
      return await ask(session, action.service ?? '', signal);
    } catch (error) {
      if (isTimeout(signal)) return failed(`timeout: health rpc did not complete within ${within}`);
      signal.throwIfAborted();
      return failed(`error: health rpc probe failed: rpc error: code = Unavailable desc = ${messageOf(error)}`);
    } finally {
      session.destroy();
    }
  } catch (error) {
    if (isTimeout(signal)) {
      return failed(`timeout: failed to connect service "${address}" within ${within}: context deadline exceeded`);
    }
    if (signal.aborted) return errored(error);
    return failed(`error: failed to connect service at "${address}": ${messageOf(error)}`);
  }
}

async function ask(
  session: Parameters<typeof checkHealth>[0],
  service: string,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { status, serving } = await checkHealth(session, service, signal);
  if (status.code === 'Unimplemented') {
    return failed(
      `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${status.message}`,
    );
  }
  if (status.code !== 'OK') {
    return failed(`error: health rpc probe failed: rpc error: code = ${status.code} desc = ${status.message}`);
  }
  return serving === 'SERVING'
    ? succeeded('service healthy')
    : failed(`service unhealthy (responded with "${serving}")`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
