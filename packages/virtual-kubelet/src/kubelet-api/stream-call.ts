import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@interlink/service-kit';
import type { PodStreams } from '../provider.ts';
import type { StreamTimeouts } from '../streaming/stream-timeouts.ts';
import type { PodLookup } from './known-pod.ts';
import type { Refusal } from './refusal.ts';
import type { Route } from './routes.ts';
import type { StreamTarget } from './stream-target.ts';
import type { Upgrade } from './upgrade-handler.ts';

export interface StreamSource {
  pods: PodLookup;
  streams: PodStreams;
  streamTimeouts: StreamTimeouts;
  logger: Logger;
}

/** A request for exec, attach or port-forward, whose sender may have it. */
export interface StreamRequest {
  route: Route;
  /** As it is in the request line. */
  query: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Undefined when no upgrade was asked for. */
  upgrade: Upgrade | undefined;
}

/** The same, once it is known what it is for, and with the connection to take. */
export interface StreamCall extends StreamRequest {
  target: StreamTarget;
  upgrade: Upgrade;
}

/** For what the backend does not have. */
export function notImplemented(name: string): Refusal {
  return { status: 501, text: `${name} is not implemented on this node: its backend has none` };
}

/** Of a protocol that is none of ours, too. */
export const upgradeRequired = { status: 400, text: 'Upgrade request required' };
