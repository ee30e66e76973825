import { onlookerHeader } from '@interlink/protocol';
import type { FastifyRequest } from 'fastify';

export interface WatchQuery {
  readonly cursor: string | undefined;
  /** Its sender is not the owner's virtual kubelet, and says so. */
  readonly isOnlooker: boolean;
}

/** What a request asks for that is a watch of pods and nothing else; undefined for any other request. */
export function readWatchQuery(
  request: Pick<FastifyRequest, 'method' | 'params' | 'query' | 'headers'>,
): WatchQuery | undefined {
  if (request.method !== 'GET' || (request.params as { '*'?: string })['*'] !== 'pods') return undefined;
  const { watch, cursor, ...others } = request.query as Record<string, unknown>;
  // What is not known here is the sidecar's to understand.
  if (watch !== 'true' || Object.keys(others).length > 0) return undefined;
  if (cursor !== undefined && typeof cursor !== 'string') return undefined;
  return { cursor, isOnlooker: request.headers[onlookerHeader] === 'true' };
}
