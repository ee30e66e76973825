import type { FastifyRequest } from 'fastify';

/** How long a caller has to see that it is refused while it still sends what is not read any more. */
const lingerMs = 5_000;

/**
 * After a refusal reads what the caller still sends, so that it sees the answer: a connection that is closed while it is written to
 * takes the answer with it (RFC 9112, section 9.6). Of more than a body may have nothing is read, and the connection is closed a little
 * later. How long the rest takes is bounded as for any request.
 */
export function discardBody({ raw }: FastifyRequest, maxBytes: number): void {
  if (raw.complete) return;
  const { socket } = raw;
  const closeLater = (): void => {
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  };
  // Called by Node once an answer is out that says `connection: close`.
  socket.destroySoon = () => {
    socket.end();
    closeLater();
  };
  let size = 0;
  const count = (chunk: Buffer): void => {
    size += chunk.length;
    if (size <= maxBytes) return;
    raw.off('data', count).pause();
    closeLater();
  };
  raw.on('data', count);
}
