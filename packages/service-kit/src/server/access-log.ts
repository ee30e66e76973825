import type { Logger } from '../process/logger.ts';
import type { Exchange } from './exchange.ts';
import { pathOf } from './path-of.ts';

/** A line per request when it has ended: who asked for what, and how it went. No query, header or body: they hold commands and secrets. */
export function logExchange(logger: Logger, exchange: Exchange, bytes: { received: number; sent: number }): void {
  const { request, identity, status, durationMs } = exchange;
  const who = identity === undefined ? {} : { identity };
  logger.debug(
    {
      ...{ requestId: request.id, method: request.method, path: pathOf(request), status, ...who },
      ...{ durationMs: Math.round(durationMs), receivedBytes: bytes.received, sentBytes: bytes.sent },
    },
    status === 101 ? 'upgraded connection closed' : 'request',
  );
}
