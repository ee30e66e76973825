import type { FastifyRequest } from 'fastify';

/** The path without its query, which may hold a command. */
export function pathOf({ url }: FastifyRequest): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
