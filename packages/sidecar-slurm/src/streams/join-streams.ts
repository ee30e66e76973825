import { Duplex, type Readable, type Writable } from 'node:stream';

/**
 * Both directions as one stream: what is written goes to one, what is read comes from the other, and each ends by itself.
 * @param judged an end before the first byte waits for this: whoever settles it may destroy the stream with what was wrong before
 */
export function joinStreams(readable: Readable, writable: Writable, judged: Promise<unknown>): Duplex {
  let isSilent = true;
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
  const end = () => void joined.push(null);
  readable.on('data', (chunk: Buffer) => {
    isSilent = false;
    if (!joined.push(chunk)) readable.pause();
  });
  readable.once('end', () => {
    if (isSilent) void judged.then(end);
    else end();
  });
  for (const stream of [readable, writable]) stream.on('error', (error) => joined.destroy(error));
  return joined;
}
