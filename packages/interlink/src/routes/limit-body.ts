import { type Readable, Transform } from 'node:stream';
import { InterLinkError } from '@interlink/protocol';
import type { FastifyRequest } from 'fastify';

/**
 * A request's body, which breaks where it becomes too large: nothing here is read whole before it is passed on.
 * @throws InterLinkError `out_of_range` at once when the caller says how long it is
 */
export function limitBody({ raw, routeOptions }: FastifyRequest): Readable {
  const { bodyLimit } = routeOptions;
  const tooLarge = () => new InterLinkError('out_of_range', `The request's body is larger than ${bodyLimit} bytes`);
  if (Number(raw.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge();
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > bodyLimit) done(tooLarge());
      else done(null, chunk);
    },
  });
  // Whoever reads it hears of it; nobody may.
  counted.on('error', () => undefined);
  raw.once('error', (error) => counted.destroy(error));
  return raw.pipe(counted);
}
