import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Streams bytes as the answer, headers at once (`kubectl logs -f` on a quiet container waits for them), with back-pressure.
 * `open` gets a signal that aborts when the reader is gone; what it throws becomes the error answer, and what breaks later
 * cuts the answer off so that nobody takes it for whole.
 */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const bytes = await open(gone.signal);
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.flushHeaders();
  try {
    for await (const chunk of bytes) {
      if (!response.write(chunk)) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (gone.signal.aborted) return;
    request.log.warn({ err: error }, 'log stream broke off');
    response.destroy();
  }
}
