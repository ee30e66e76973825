import type { WebSocket } from 'ws';
import { InterLinkError } from '../errors/interlink-error.ts';
import { ChannelSocket } from './channel-socket.ts';
import { ChannelReader, createChannelWriter } from './channel-streams.ts';
import { channels, renderResize } from './channels.ts';
import { parseCommandStatus } from './command-status.ts';
import type { AttachOptions, CommandEnd, RemoteCommand } from './remote-command.ts';

/**
 * A command at the other end of a WebSocket that has just opened. A connection that breaks ends the streams and is told by
 * `ended`. @param signal closes it
 */
export function connectCommand(webSocket: WebSocket, options: AttachOptions, signal: AbortSignal): RemoteCommand {
  const ended = Promise.withResolvers<CommandEnd>();
  const socket = new ChannelSocket(webSocket, {
    frame: ({ channel, payload }) => {
      if (channel === channels.status) {
        finish(parseCommandStatus(payload));
        socket.close(1000);
      } else outputs.get(channel)?.receive(payload);
    },
    closed: (why) => finish({ error: why }),
  });
  const outputs = new Map<number, ChannelReader>();
  if (options.stdout) outputs.set(channels.stdout, new ChannelReader(socket));
  if (options.stderr && !options.tty) outputs.set(channels.stderr, new ChannelReader(socket));

  const finish = (end: CommandEnd) => {
    signal.removeEventListener('abort', close);
    for (const output of outputs.values()) output.finish();
    ended.resolve(end);
  };
  const close = () => {
    finish({ error: new InterLinkError('cancelled', 'The caller left before the command had ended') });
    socket.abandon();
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  return {
    stdin: options.stdin ? createChannelWriter(socket, channels.stdin) : undefined,
    stdout: outputs.get(channels.stdout),
    stderr: outputs.get(channels.stderr),
    resize: (size) => {
      if (options.tty) socket.send(renderResize(size));
    },
    ended: ended.promise,
    close,
  };
}
