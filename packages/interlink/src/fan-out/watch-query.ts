import type { FastifyRequest } from 'fastify';

/** The cursor of a request that is a watch of pods and nothing else; undefined for any other request. */
export function readWatchQuery(request: FastifyRequest): { readonly cursor: string | undefined } | undefined {
  if (request.method !== 'GET' || (request.params as { '*'?: string })['*'] !== 'pods') return undefined;
  const { watch, cursor, ...others } = request.query as Record<string, unknown>;
  // What is not known here is the sidecar's to understand.
  if (watch !== 'true' || Object.keys(others).length > 0) return undefined;
  return cursor === undefined || typeof cursor === 'string' ? { cursor } : undefined;
}
