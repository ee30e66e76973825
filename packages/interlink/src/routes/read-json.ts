import { InterLinkError } from '@interlink/protocol';
import type { FastifyRequest } from 'fastify';
import { limitBody } from './limit-body.ts';

/** The request's body as JSON; undefined when there is none. @throws InterLinkError `invalid_argument`, or `out_of_range` over the limit */
export async function readJson(request: FastifyRequest): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of limitBody(request) as AsyncIterable<Buffer>) chunks.push(chunk);
  if (chunks.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new InterLinkError('invalid_argument', "The request's body is no JSON");
  }
}
