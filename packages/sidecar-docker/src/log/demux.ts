const headerSize = 8;

/** A part of one of a container's output streams: 1 is standard output, 2 standard error. */
export interface OutputPart {
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** The payloads of {@link splitOutput}, both streams as they came. */
export async function* demultiplex(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const { payload } of splitOutput(chunks)) yield payload;
}

/**
 * The parts of the engine's multiplexed stream
 * (https://docs.docker.com/reference/api/engine/ `ContainerAttach`, "Stream format": one byte of stream, three of nothing,
 * four of length). Takes one chunk at a time and hands its parts on before it asks for the next, so that a slow reader slows
 * the engine.
 */
export async function* splitOutput(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputPart> {
  let header = Buffer.alloc(0);
  let stream = 0;
  let left = 0;
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (left === 0) {
        const wanted = headerSize - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < headerSize) break;
        stream = header.readUInt8(0);
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const payload = rest.subarray(0, left);
      left -= payload.length;
      rest = rest.subarray(payload.length);
      yield { stream, payload };
    }
  }
}
