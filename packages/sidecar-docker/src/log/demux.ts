const headerSize = 8;

/** A part of one of a container's output streams: 1 is standard output, 2 standard error. */
export interface OutputPart {
  readonly stream: number;
  readonly payload: Uint8Array;
}

/**
 * The payloads of {@link splitOutput}, both streams as they came: one piece for all lines of a chunk, because each piece that is handed on
 * costs as much as thousands of its bytes.
 */
export async function* demultiplex(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const splitter = new OutputSplitter();
  for await (const chunk of chunks) {
    const payloads = splitter.split(chunk).map(({ payload }) => payload);
    if (payloads.length > 0) yield Buffer.concat(payloads);
  }
}

/**
 * The parts of the engine's multiplexed stream
 * (https://docs.docker.com/reference/api/engine/ `ContainerAttach`, "Stream format": one byte of stream, three of nothing,
 * four of length). Takes one chunk at a time and hands its parts on before it asks for the next, so that a slow reader slows
 * the engine.
 */
export async function* splitOutput(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputPart> {
  const splitter = new OutputSplitter();
  for await (const chunk of chunks) yield* splitter.split(chunk);
}

/** Cuts chunks into parts, wherever the chunks begin and end. */
class OutputSplitter {
  /** The beginning of a header that its chunk did not hold whole. */
  #header = Buffer.alloc(0);
  #stream = 0;
  /** Of the part that has begun. */
  #left = 0;

  split(chunk: Uint8Array): OutputPart[] {
    const parts: OutputPart[] = [];
    const begun = this.#header;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let rest = begun.length === 0 ? bytes : Buffer.concat([begun, bytes]);
    this.#header = Buffer.alloc(0);
    while (rest.length > 0) {
      if (this.#left === 0) {
        if (rest.length < headerSize) {
          this.#header = Buffer.from(rest);
          break;
        }
        this.#stream = rest.readUInt8(0);
        this.#left = rest.readUInt32BE(4);
        rest = rest.subarray(headerSize);
        continue;
      }
      const payload = rest.subarray(0, this.#left);
      this.#left -= payload.length;
      rest = rest.subarray(payload.length);
      parts.push({ stream: this.#stream, payload });
    }
    return parts;
  }
}
