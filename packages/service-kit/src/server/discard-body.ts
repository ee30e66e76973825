import type { FastifyRequest } from 'fastify';

/**
 * After a refusal Node reads what the caller still sends, so that it sees the answer; more than a body may have is not read, and the
 * connection closed. How long that takes is bounded as for any request.
 */
export function discardBody({ raw }: FastifyRequest, maxBytes: number): void {
  if (raw.complete) return;
  let size = 0;
  raw.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) raw.destroy();
  });
}
