import type { Duplex, Writable } from 'node:stream';
import { InterLinkError, joinConnections } from '@interlink/protocol';

/** Opens a TCP connection to a port of the pod. Failures are InterLinkError. */
export type OpenPort = (port: number, signal: AbortSignal) => Promise<Duplex>;

/** One connection of the caller's, on its way to a port of the pod. */
export interface ForwardedPort {
  readonly port: number;
  readonly data: Duplex;
  /** Takes the reason when it can't be forwarded. Its end tells the caller that the connection is over. */
  readonly error: Writable;
}

/**
 * Joins a caller's connection with one to the pod. The error stream ends with what the pod sends, not with the caller's half:
 * kubectl waits for it before it closes its own end. @param subject for the reason: `pod …, uid …`
 */
export async function forwardPort(
  { port, data, error }: ForwardedPort,
  open: OpenPort,
  subject: string,
): Promise<void> {
  const left = new AbortController();
  const leave = () => left.abort(new InterLinkError('cancelled', 'The caller has gone'));
  data.once('close', leave);
  // A caller that breaks off in the middle has nobody to be told: both streams close, and that is looked at.
  for (const stream of [data, error]) stream.on('error', () => undefined);
  const tell = (reason: unknown) => {
    error.end(`error forwarding port ${port} to ${subject}: ${InterLinkError.from(reason).message}`);
  };
  let connection: Duplex;
  try {
    connection = await open(port, left.signal);
  } catch (reason) {
    tell(reason);
    data.end();
    data.resume();
    return;
  }
  data.off('close', leave);
  // Some backends only learn now whether something listens there. A break after the pod's first byte is no failure to forward.
  connection.once('error', (reason) => {
    if (!connection.readableDidRead) tell(reason);
  });
  connection.once('end', () => error.end());
  connection.once('close', () => {
    error.end();
    // What the caller still sends goes nowhere, and keeps nobody waiting.
    data.resume();
  });
  await joinConnections(data, connection);
}
