import { InterLinkError } from '@interlink/protocol';
import { type ForwardedPort, forwardPort, type OpenPort } from '../streaming/port-forward/forward-port.ts';
import { serveSpdyPorts, spdyPortProtocols } from '../streaming/port-forward/serve-spdy-ports.ts';
import { sendRefusal } from './refusal.ts';
import { negotiateProtocol, switchToSpdy } from './spdy-handshake.ts';
import { type StreamCall, type StreamSource, upgradeRequired } from './stream-call.ts';

/** Answers `/portForward/…`: many connections to the ports of one pod, until the caller leaves. */
export async function answerPortForward(call: StreamCall, source: StreamSource): Promise<void> {
  const { target, upgrade, response } = call;
  const open: OpenPort = async (port, signal) => {
    const { streams } = source;
    if (streams.portForward !== undefined) return await streams.portForward(target.uid, port, signal);
    throw new InterLinkError('unimplemented', 'port-forward is not implemented on this node');
  };
  const forward = (connection: ForwardedPort) => {
    forwardPort(connection, open, `pod ${target.pod}, uid ${target.uid}`).catch(logBreak);
  };
  const logBreak = (error: unknown) => source.logger.debug({ err: error }, 'stream broke off');
  if (upgrade.protocol === 'spdy/3.1') {
    const { protocol, refusal } = negotiateProtocol(call.request, spdyPortProtocols);
    if (refusal !== undefined) return sendRefusal(response, refusal);
    const socket = switchToSpdy(upgrade, protocol);
    return await serveSpdyPorts(socket, source.streamTimeouts, forward).catch(logBreak);
  }
  return sendRefusal(response, upgradeRequired);
}
