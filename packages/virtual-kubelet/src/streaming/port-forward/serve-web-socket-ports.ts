import { finished } from 'node:stream/promises';
import { ChannelSocket } from '@interlink/protocol';
import type { WebSocket } from 'ws';
import { startIdleLimit } from '../idle-limit.ts';
import { ChannelStream } from '../websocket/channel-stream.ts';
import { framingOf } from '../websocket/subprotocols.ts';
import type { ForwardedPort } from './forward-port.ts';

/**
 * Serves a WebSocket that has just opened: one connection to each port, on channels of its own for data (even) and error (odd),
 * which begin with the port's number
 * (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go).
 * These clients can't end a connection but by leaving: when the pods' ends of all are over, so is the WebSocket.
 */
export function serveWebSocketPorts(
  webSocket: WebSocket,
  { protocol, ports, idleTimeoutMs }: { protocol: string; ports: readonly number[]; idleTimeoutMs: number },
  forward: (connection: ForwardedPort) => void,
): void {
  const streams: ChannelStream[] = [];
  const idle = startIdleLimit(idleTimeoutMs, () => socket.abandon());
  const socket = new ChannelSocket(
    webSocket,
    {
      frame: ({ channel, payload }) => streams[channel]?.receive(payload),
      closed: () => {
        idle.stop();
        for (const stream of streams) stream.destroy();
      },
    },
    { framing: framingOf(protocol), silence: 'trusted' },
  );
  const connections = ports.map((port, index) => {
    const data = new ChannelStream(socket, 2 * index, idle.touch);
    const error = new ChannelStream(socket, 2 * index + 1, idle.touch);
    streams.push(data, error);
    for (const stream of [data, error]) stream.write(renderPort(port));
    error.resume();
    return { port, data, error };
  });
  for (const connection of connections) forward(connection);
  const ends = streams.map((stream) => finished(stream, { readable: false }));
  void Promise.allSettled(ends).then(() => socket.close(1000));
}

function renderPort(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(port);
  return bytes;
}
