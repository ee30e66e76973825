import { type AttachOptions, ChannelSocket, channels, type Frame, renderFrame } from '@interlink/protocol';
import type { WebSocket } from 'ws';
import { startIdleLimit } from '../idle-limit.ts';
import { ChannelStream } from '../websocket/channel-stream.ts';
import { framingOf } from '../websocket/subprotocols.ts';
import type { CommandCaller } from './command-caller.ts';
import { renderStatus } from './status-text.ts';
import { TerminalSizes } from './terminal-sizes.ts';

export interface WebSocketCallerOptions {
  readonly protocol: string;
  readonly streams: AttachOptions;
  /** Pings are no traffic. */
  readonly idleTimeoutMs: number;
}

/** The caller at the other end of a WebSocket that has just opened. */
export function connectWebSocketCaller(
  webSocket: WebSocket,
  { protocol, streams, idleTimeoutMs }: WebSocketCallerOptions,
): CommandCaller {
  const gone = new AbortController();
  const sizes = new TerminalSizes();
  const idle = startIdleLimit(idleTimeoutMs, () => socket.abandon());
  const take = ({ channel, payload }: Frame) => {
    idle.touch();
    if (channel === channels.stdin) stdin?.receive(payload);
    else if (channel === channels.resize) sizes.takeObject(payload);
    // Version 5 has a half-close; to the others this channel is not known.
    else if (channel === channels.close && payload[0] === channels.stdin && protocol.startsWith('v5.')) stdin?.finish();
  };
  const socket = new ChannelSocket(
    webSocket,
    { frame: take, closed: () => gone.abort() },
    { framing: framingOf(protocol), silence: 'trusted' },
  );
  gone.signal.addEventListener('abort', () => {
    idle.stop();
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
  });
  const streamOf = (isWanted: boolean, channel: number) =>
    isWanted ? new ChannelStream(socket, channel, idle.touch) : undefined;
  const stdin = streamOf(streams.stdin, channels.stdin);
  const stdout = streamOf(streams.stdout, channels.stdout);
  const stderr = streamOf(streams.stderr, channels.stderr);
  return {
    stdin,
    stdout,
    stderr,
    onResize: (listener) => sizes.listen(listener),
    finish: (end) => {
      const status = renderStatus(protocol, end);
      // Closing has a time limit, a reader that is slow has none: the kernel must have all of it first.
      if (status === '') socket.close(1000);
      else socket.send(renderFrame(channels.status, Buffer.from(status)), () => socket.close(1000));
    },
    gone: gone.signal,
  };
}
