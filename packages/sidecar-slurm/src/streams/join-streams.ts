import { Duplex, type Readable, type Writable } from 'node:stream';

/** Both directions as one stream: what is written goes to one, what is read comes from the other, and each ends by itself. */
export function joinStreams(readable: Readable, writable: Writable): Duplex {
  const joined = new Duplex({
    allowHalfOpen: true,
    read: () => void readable.resume(),
    write: (chunk: Buffer, _, done) => void writable.write(chunk, done),
    final: (done) => void writable.end(done),
    destroy: (error, done) => {
      readable.destroy();
      writable.destroy();
      done(error);
    },
  });
  readable.on('data', (chunk: Buffer) => {
    if (!joined.push(chunk)) readable.pause();
  });
  readable.once('end', () => void joined.push(null));
  for (const stream of [readable, writable]) stream.on('error', (error) => joined.destroy(error));
  return joined;
}
