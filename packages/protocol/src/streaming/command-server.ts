import type { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { ChannelSocket } from './channel-socket.ts';
import { ChannelReader, sendChunk } from './channel-streams.ts';
import { channels, type Frame, parseResize, renderFrame } from './channels.ts';
import { toCommandStatus } from './command-status.ts';
import type { RemoteCommand } from './remote-command.ts';

/**
 * Connects a command to the caller's WebSocket, which has just opened: to the command's end, its status being the last
 * message, or until either side is gone. Then nothing of both is left. @param shutdown ends both
 */
export async function serveCommand(webSocket: WebSocket, command: RemoteCommand, shutdown: AbortSignal): Promise<void> {
  const gone = Promise.withResolvers<'gone'>();
  const socket = new ChannelSocket(webSocket, {
    frame: (frame) => take(frame, stdin, command),
    closed: () => gone.resolve('gone'),
  });
  const stdin = command.stdin === undefined ? undefined : new ChannelReader(socket);
  if (stdin !== undefined && command.stdin !== undefined) feed(stdin, command.stdin);

  const leave = () => {
    command.close();
    socket.close(1001, 'the server stops');
  };
  if (shutdown.aborted) leave();
  else shutdown.addEventListener('abort', leave, { once: true });

  const outputs = Promise.all([
    pump(command.stdout, socket, channels.stdout),
    pump(command.stderr, socket, channels.stderr),
  ]);
  const outcome = await Promise.race([outputs.then(async () => await command.ended), gone.promise]);
  shutdown.removeEventListener('abort', leave);
  if (outcome !== 'gone') {
    // Closing has a time limit, a reader that is slow has none: the kernel must have all of it first.
    const status = Buffer.from(JSON.stringify(toCommandStatus(outcome)));
    const sent = new Promise<void>((resolve) => socket.send(renderFrame(channels.status, status), resolve));
    await Promise.race([sent, gone.promise]);
    socket.close(1000);
  }
  command.close();
  for (const stream of [stdin, command.stdout, command.stderr]) stream?.destroy();
  await gone.promise;
}

function take({ channel, payload }: Frame, stdin: ChannelReader | undefined, command: RemoteCommand): void {
  if (channel === channels.stdin) stdin?.receive(payload);
  else if (channel === channels.close && payload[0] === channels.stdin) stdin?.finish();
  else if (channel === channels.resize) {
    const size = parseResize(payload);
    if (size !== undefined) command.resize(size);
  }
}

/** A command that no longer reads is no failure: the rest of its input goes nowhere. */
function feed(input: ChannelReader, stdin: Writable): void {
  const drop = () => {
    input.unpipe(stdin);
    input.resume();
  };
  stdin.once('error', drop).once('close', drop);
  stdin.on('error', () => undefined);
  input.pipe(stdin);
}

/** A stream that breaks counts as ended; how the command ended says more. */
async function pump(output: Readable | undefined, socket: ChannelSocket, channel: number): Promise<void> {
  if (output === undefined) return;
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      await new Promise<void>((resolve) => sendChunk(socket, channel, chunk, resolve));
    }
  } catch {
    output.destroy();
  }
}
