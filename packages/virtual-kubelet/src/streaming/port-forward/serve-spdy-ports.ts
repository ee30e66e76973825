import type { Duplex } from 'node:stream';
import { SpdyConnection } from '../spdy/connection.ts';
import type { StreamTimeouts } from '../stream-timeouts.ts';
import type { ForwardedPort } from './forward-port.ts';
import { StreamPairs } from './stream-pairs.ts';

/** The one protocol of port-forward over SPDY. */
export const spdyPortProtocols = ['portforward.k8s.io'];

/** Two for each connection. */
const maxStreams = 1_024;
/** Of what a pod does not read; a connection that stands still makes all of its caller's stand still then. */
const bufferedBytes = 1024 * 1024;
const totalBufferedBytes = 32 * 1024 * 1024;

/** Serves an upgraded connection until the caller closes it. @throws SpdyError when the caller does not keep to the protocol */
export async function serveSpdyPorts(
  socket: Duplex,
  timeouts: StreamTimeouts,
  forward: (connection: ForwardedPort) => void,
): Promise<void> {
  const pairs = new StreamPairs(timeouts.creationTimeoutMs, forward);
  const connection = new SpdyConnection(socket, {
    maxStreams,
    bufferedBytes,
    totalBufferedBytes,
    idleTimeoutMs: timeouts.idleTimeoutMs,
    onStream: (stream) => pairs.add(stream),
  });
  await connection.run();
}
