import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RemoteCommand } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { PodStreams } from '../provider.ts';
import { serveCommand } from '../streaming/command/serve-command.ts';
import { connectSpdyCaller, spdyCommandProtocols } from '../streaming/command/spdy-caller.ts';
import { parseStreamRequest, type StreamRequest } from '../streaming/command/stream-request.ts';
import type { StreamTimeouts } from '../streaming/stream-timeouts.ts';
import type { PodLookup } from './known-pod.ts';
import { type Refusal, sendRefusal } from './refusal.ts';
import type { Route } from './routes.ts';
import { negotiateProtocol, switchToSpdy } from './spdy-handshake.ts';
import { findStreamTarget, type StreamTarget } from './stream-target.ts';
import type { Upgrade } from './upgrade-handler.ts';

export interface StreamSource {
  pods: PodLookup;
  streams: PodStreams;
  streamTimeouts: StreamTimeouts;
  logger: Logger;
}

/** A request for exec, attach or port-forward, whose sender may have it. */
export interface StreamCall {
  route: Route;
  /** As it is in the request line. */
  query: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Undefined when no upgrade was asked for. */
  upgrade: Upgrade | undefined;
}

/** Refuses with an ordinary answer what can be refused before the upgrade; after it, failures are the stream's to tell. */
export async function answerStream(call: StreamCall, source: StreamSource): Promise<void> {
  const { route, query, response } = call;
  if (source.streams[route.name as keyof PodStreams] === undefined) {
    return sendRefusal(response, {
      status: 501,
      text: `${route.name} is not implemented on this node: its backend has none`,
    });
  }
  const { target, refusal } = findStreamTarget(route, source.pods);
  if (refusal !== undefined) return sendRefusal(response, refusal);
  const request = parseStreamRequest(query);
  const bad = refuseRequest(route, request);
  if (bad !== undefined) return sendRefusal(response, bad);
  if (call.upgrade?.protocol === 'spdy/3.1') return await answerSpdy(call, { ...request, target }, source);
  return sendRefusal(response, { status: 400, text: 'Upgrade request required' });
}

function refuseRequest({ name }: Route, { command, streams }: StreamRequest): Refusal | undefined {
  if (name === 'portForward') return undefined;
  if (!streams.stdin && !streams.stdout && !streams.stderr) {
    return { status: 400, text: 'you must specify at least 1 of stdin, stdout, stderr' };
  }
  const isCommand = command.length > 0 && command[0] !== '';
  return name === 'exec' && !isCommand ? { status: 400, text: 'you must specify a command' } : undefined;
}

type Wanted = StreamRequest & { readonly target: StreamTarget };

async function answerSpdy(
  call: StreamCall,
  wanted: Wanted,
  { streams, streamTimeouts, logger }: StreamSource,
): Promise<void> {
  const { protocol, refusal } = negotiateProtocol(call.request, spdyCommandProtocols);
  if (refusal !== undefined) return sendRefusal(call.response, refusal);
  if (call.upgrade === undefined) return;
  const socket = switchToSpdy(call.upgrade, protocol);
  const { caller, over } = connectSpdyCaller(socket, { protocol, streams: wanted.streams, ...streamTimeouts });
  over.catch((error: unknown) => logger.debug({ err: error }, 'stream broke off'));
  const connected = await caller;
  if (connected !== undefined)
    await serveCommand(connected, (signal) => openCommand(call.route, wanted, streams, signal));
}

async function openCommand(
  { name }: Route,
  { target, command, streams: asked }: Wanted,
  streams: PodStreams,
  signal: AbortSignal,
): Promise<RemoteCommand> {
  const { uid, container, tty } = target;
  if (name === 'exec' && streams.exec !== undefined)
    return await streams.exec(uid, container, { command, ...asked }, signal);
  // Whether there is a terminal is the container's to say: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go `GetAttach`
  const options = { ...asked, tty, stderr: asked.stderr && !tty };
  if (streams.attach !== undefined) return await streams.attach(uid, container, options, signal);
  throw new Error(`${name} is gone`);
}
