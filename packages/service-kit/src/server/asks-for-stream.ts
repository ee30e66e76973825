import type { FastifyRequest } from 'fastify';
import { hasUpgrade } from './upgrades.ts';

/** Whether the answer may last for days: watches, commands and ports, followed logs, and v1's logs, where that stands in the body. */
export function asksForStream(request: FastifyRequest): boolean {
  const { watch, follow } = (request.query ?? {}) as { watch?: unknown; follow?: unknown };
  const isFollowed = follow === 'true' || follow === '1';
  return hasUpgrade(request) || watch === 'true' || isFollowed || request.routeOptions.url === '/getLogs';
}
