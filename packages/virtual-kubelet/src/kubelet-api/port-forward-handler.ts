import type { Duplex } from 'node:stream';
import { InterLinkError } from '@interlink/protocol';
import { createWebSocketStream, type WebSocket } from 'ws';
import { type ForwardedPort, forwardPort, type OpenPort } from '../streaming/port-forward/forward-port.ts';
import { parsePortList } from '../streaming/port-forward/ports.ts';
import { serveSpdyPorts, spdyPortProtocols } from '../streaming/port-forward/serve-spdy-ports.ts';
import { serveWebSocketPorts } from '../streaming/port-forward/serve-web-socket-ports.ts';
import { portSubprotocols, tunnelSubprotocol } from '../streaming/websocket/subprotocols.ts';
import { sendRefusal } from './refusal.ts';
import { negotiateProtocol, switchToSpdy } from './spdy-handshake.ts';
import { type StreamCall, type StreamSource, upgradeRequired } from './stream-call.ts';
import { negotiateSubprotocol, switchToWebSocket } from './web-socket-handshake.ts';

/** Answers `/portForward/…`: connections to the ports of one pod, until the caller leaves. */
export async function answerPortForward(call: StreamCall, source: StreamSource): Promise<void> {
  const { target, upgrade } = call;
  const open: OpenPort = async (port, signal) => {
    const { streams } = source;
    if (streams.portForward !== undefined) return await streams.portForward(target.uid, port, signal);
    throw new InterLinkError('unimplemented', 'port-forward is not implemented on this node');
  };
  const forward: Forward = (connection) => {
    forwardPort(connection, open, `pod ${target.pod}, uid ${target.uid}`).catch((error: unknown) => {
      source.logger.warn({ err: error }, 'forwarded connection failed');
    });
  };
  if (upgrade.protocol === 'spdy/3.1') return await serveOverSpdy(call, source, forward);
  if (upgrade.protocol === 'websocket') return serveOverWebSocket(call, source, forward);
  return sendRefusal(call.response, upgradeRequired);
}

type Forward = (connection: ForwardedPort) => void;

async function serveOverSpdy(call: StreamCall, source: StreamSource, forward: Forward): Promise<void> {
  const { protocol, refusal } = negotiateProtocol(call.request, spdyPortProtocols);
  if (refusal !== undefined) return sendRefusal(call.response, refusal);
  await serveSpdy(switchToSpdy(call.upgrade, protocol), source, forward);
}

function serveOverWebSocket(call: StreamCall, source: StreamSource, forward: Forward): void {
  const { protocol = '', refusal } = negotiateSubprotocol(call.request, portSubprotocols);
  const ports = parsePortList(call.query);
  if (refusal !== undefined) sendRefusal(call.response, refusal);
  else if (protocol === tunnelSubprotocol) {
    const use = (webSocket: WebSocket) => void serveSpdy(createWebSocketStream(webSocket), source, forward);
    switchToWebSocket(call.request, call.upgrade, { protocol, use });
  } else if (ports === undefined) {
    sendRefusal(call.response, { status: 400, text: 'query parameter "port" is wanted, with ports from 1 to 65535' });
  } else {
    const { idleTimeoutMs } = source.streamTimeouts;
    const use = (webSocket: WebSocket) => serveWebSocketPorts(webSocket, { protocol, ports, idleTimeoutMs }, forward);
    switchToWebSocket(call.request, call.upgrade, { protocol, use });
  }
}

async function serveSpdy(bytes: Duplex, { streamTimeouts, logger }: StreamSource, forward: Forward): Promise<void> {
  try {
    await serveSpdyPorts(bytes, streamTimeouts, forward);
  } catch (error) {
    logger.debug({ err: error }, 'stream broke off');
  }
}
