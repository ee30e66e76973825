import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { endWhenLost } from './lost-peers.ts';
import { type ClientTls, type PeerAddress, toTlsOptions } from './peer-address.ts';

export interface UpgradeRequest {
  readonly address: PeerAddress;
  readonly path: string;
  /** With the upgrade's own: `connection`, `upgrade`, `sec-websocket-…`. */
  readonly headers: Record<string, string>;
  readonly tls: ClientTls;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** What the peer made of it: the connection is ours to use from `head` on, or an ordinary answer whose body is unread. */
export type UpgradeAnswer =
  | { readonly response: IncomingMessage; readonly socket: Socket; readonly head: Buffer }
  | { readonly response: IncomingMessage; readonly socket?: undefined };

/** Asks for another protocol on a new connection. @throws what Node throws when there is no answer */
export async function requestUpgrade(options: UpgradeRequest): Promise<UpgradeAnswer> {
  const { address, path, headers, tls, signal, timeoutMs } = options;
  const send = address.origin.startsWith('https:') ? httpsRequest : httpRequest;
  const { socketPath } = address;
  const request = send(address.origin, {
    path,
    headers,
    agent: false,
    signal,
    timeout: timeoutMs,
    ...toTlsOptions(tls),
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  const answered = await answerOf(request);
  if (answered.socket !== undefined) {
    answered.socket.setTimeout(0);
    endWhenLost(answered.socket);
  }
  return answered;
}

async function answerOf(request: ClientRequest): Promise<UpgradeAnswer> {
  return await new Promise<UpgradeAnswer>((resolve, reject) => {
    request.on('error', reject);
    request.once('timeout', () =>
      request.destroy(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })),
    );
    request.once('response', (response) => resolve({ response }));
    request.once('upgrade', (response, socket, head) => resolve({ response, socket: socket as Socket, head }));
    request.end();
  });
}
