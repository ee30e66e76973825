import { InterLinkError, type RemoteCommand } from '@interlink/protocol';
import type { WebSocket } from 'ws';
import { type CommandRequest, parseCommandRequest } from '../streaming/command/command-request.ts';
import { serveCommand } from '../streaming/command/serve-command.ts';
import { connectSpdyCaller, spdyCommandProtocols } from '../streaming/command/spdy-caller.ts';
import { connectWebSocketCaller } from '../streaming/command/web-socket-caller.ts';
import { commandSubprotocols } from '../streaming/websocket/subprotocols.ts';
import { type Refusal, sendRefusal } from './refusal.ts';
import type { Route } from './routes.ts';
import { negotiateProtocol, switchToSpdy } from './spdy-handshake.ts';
import { type StreamCall, type StreamSource, upgradeRequired } from './stream-call.ts';
import { negotiateSubprotocol, switchToWebSocket } from './web-socket-handshake.ts';

/** Answers `/exec/…` and `/attach/…`: starts the command after the upgrade, and serves it to its end. */
export async function answerCommand(call: StreamCall, source: StreamSource): Promise<void> {
  const wanted = parseCommandRequest(call.query);
  const refusal = refuseCommand(call.route, wanted);
  if (refusal !== undefined) return sendRefusal(call.response, refusal);
  const open = async (signal: AbortSignal) => await openCommand(call, wanted, source, signal);
  if (call.upgrade.protocol === 'spdy/3.1') return await serveOverSpdy(call, wanted, source, open);
  if (call.upgrade.protocol === 'websocket') return serveOverWebSocket(call, wanted, source, open);
  return sendRefusal(call.response, upgradeRequired);
}

function refuseCommand({ name }: Route, { command, streams }: CommandRequest): Refusal | undefined {
  if (!streams.stdin && !streams.stdout && !streams.stderr) {
    return { status: 400, text: 'you must specify at least 1 of stdin, stdout, stderr' };
  }
  const isCommand = command.length > 0 && command[0] !== '';
  return name === 'exec' && !isCommand ? { status: 400, text: 'you must specify a command' } : undefined;
}

type Open = (signal: AbortSignal) => Promise<RemoteCommand>;

async function serveOverSpdy(
  call: StreamCall,
  wanted: CommandRequest,
  source: StreamSource,
  open: Open,
): Promise<void> {
  const { protocol, refusal } = negotiateProtocol(call.request, spdyCommandProtocols);
  if (refusal !== undefined) return sendRefusal(call.response, refusal);
  const socket = switchToSpdy(call.upgrade, protocol);
  const { caller, over } = connectSpdyCaller(socket, { protocol, streams: wanted.streams, ...source.streamTimeouts });
  over.catch((error: unknown) => source.logger.debug({ err: error }, 'stream broke off'));
  const connected = await caller;
  if (connected !== undefined) await serveCommand(connected, open);
}

function serveOverWebSocket(call: StreamCall, { streams }: CommandRequest, source: StreamSource, open: Open): void {
  const { protocol, refusal } = negotiateSubprotocol(call.request, commandSubprotocols);
  const { idleTimeoutMs } = source.streamTimeouts;
  const use = (webSocket: WebSocket) => {
    serveCommand(connectWebSocketCaller(webSocket, { protocol: protocol ?? '', streams, idleTimeoutMs }), open).catch(
      (error: unknown) => {
        source.logger.warn({ err: error }, 'stream failed');
        webSocket.terminate();
      },
    );
  };
  if (refusal !== undefined) sendRefusal(call.response, refusal);
  else switchToWebSocket(call.request, call.upgrade, { protocol, use });
}

async function openCommand(
  { route, target }: StreamCall,
  { command, streams: asked }: CommandRequest,
  { streams }: StreamSource,
  signal: AbortSignal,
): Promise<RemoteCommand> {
  const { uid, container, tty } = target;
  if (route.name === 'exec' && streams.exec !== undefined) {
    return await streams.exec(uid, container, { command, ...asked }, signal);
  }
  // Whether there is a terminal is the container's to say: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go `GetAttach`
  const options = { ...asked, tty, stderr: asked.stderr && !tty };
  if (streams.attach !== undefined) return await streams.attach(uid, container, options, signal);
  throw new InterLinkError('unimplemented', `${route.name} is not implemented on this node`);
}
