import { connect, type Socket } from 'node:net';
import { InterLinkError } from '@interlink/protocol';

export interface PortAddress {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

const timeoutMs = 10_000;

/** A TCP connection whose two directions end by themselves, as a forwarded port's must. @throws InterLinkError `unavailable` when nothing answers there */
export async function connectPort({ host, port, signal }: PortAddress): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, signal });
  const connected = Promise.withResolvers<void>();
  socket.setTimeout(timeoutMs, () => connected.reject(new Error('no answer in time')));
  socket.once('connect', connected.resolve);
  socket.once('error', connected.reject);
  try {
    await connected.promise;
    socket.setTimeout(0).setNoDelay(true);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('unavailable', `Cannot reach port ${port} at ${host}: ${message}`, { cause: error });
  }
}
