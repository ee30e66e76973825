import { InterLinkError } from '@interlink/protocol';
import type { FastifyRequest } from 'fastify';

/** A pod with its ConfigMaps and Secrets. */
const maxBytes = 8 * 1024 * 1024;

/** The request's body as JSON; undefined when there is none. @throws InterLinkError `invalid_argument`, or `out_of_range` over 8 MiB */
export async function readJson(request: FastifyRequest): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes)
      throw new InterLinkError('out_of_range', `The request's body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new InterLinkError('invalid_argument', "The request's body is no JSON");
  }
}
