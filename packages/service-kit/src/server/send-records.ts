import { once } from 'node:events';
import { ndjsonContentType, type ReportSubscription, renderNdjson } from '@interlink/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Writes a subscription to the answer as NDJSON until either side ends it; waits for a reader that is slow. */
export async function sendRecords(
  request: FastifyRequest,
  reply: FastifyReply,
  subscription: ReportSubscription,
  shutdown: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  reply.hijack();
  const response = reply.raw;
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': ndjsonContentType, 'cache-control': 'no-store' });
  response.flushHeaders();
  const signal = AbortSignal.any([gone.signal, shutdown]);
  try {
    for await (const batch of subscription.batches(signal)) {
      if (response.destroyed) break;
      if (!response.write(batch.map(renderNdjson).join(''))) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) request.log.error({ err: error }, 'pod stream failed');
  }
  response.end();
}
