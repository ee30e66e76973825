import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ActionTarget, DialAddress } from './action-target.ts';
import { untilAborted } from './deadline.ts';

/** An {@link ActionTarget.connect} for pods that have an address. */
export function connectTo(podIP: string): ActionTarget['connect'] {
  return async ({ host = podIP, port }, signal) => {
    const socket = connect({ host, port, signal, noDelay: true });
    await once(socket, 'connect');
    return socket;
  };
}

/** Why there is no connection, in the words of a kubelet. */
export class DialError extends Error {
  override readonly name = 'DialError';
}

/**
 * A connection whose errors, once it is there, are nobody's surprise. One that comes too late is closed.
 * @throws DialError; the signal's reason when it aborted
 */
export async function dial(target: ActionTarget, address: DialAddress, signal: AbortSignal): Promise<Duplex> {
  const connecting = target.connect(address, signal);
  connecting.then(
    (socket) => {
      socket.on('error', () => undefined);
      if (signal.aborted) socket.destroy();
    },
    () => undefined,
  );
  try {
    return await untilAborted(connecting, signal);
  } catch (error) {
    signal.throwIfAborted();
    const host = address.host ?? target.host;
    throw new DialError(describe(error, host, joinHostPort(host, address.port)), { cause: error });
  }
}

/** `host:port`, an IPv6 address in brackets. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const connectErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};
const lookUpErrors: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'server misbehaving',
};

function describe(error: unknown, host: string, address: string): string {
  const code = systemCode(error) ?? '';
  const lookUp = lookUpErrors[code];
  if (lookUp !== undefined) return `dial tcp: lookup ${host}: ${lookUp}`;
  const connecting = connectErrors[code];
  if (connecting !== undefined) return `dial tcp ${address}: connect: ${connecting}`;
  return `dial tcp ${address}: ${error instanceof Error ? error.message : String(error)}`;
}

/** The system's code of an error or of what caused it. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('E')
    ? error.code
    : systemCode(error.cause);
}
