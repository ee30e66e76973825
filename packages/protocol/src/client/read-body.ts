import type { Readable } from 'node:stream';
import { InterLinkError } from '../errors/interlink-error.ts';

export interface BodyLimit {
  readonly maxBytes: number;
  /** Milliseconds for the whole of it: a peer that drips holds nobody up. */
  readonly timeoutMs: number;
}

/** An answer that is read whole: capabilities, a problem. */
export const smallBody: BodyLimit = { maxBytes: 1024 * 1024, timeoutMs: 30_000 };
/** A list of all pods of an owner. */
export const listBody: BodyLimit = { maxBytes: 256 * 1024 * 1024, timeoutMs: 120_000 };

/**
 * Reads a body as text and gives the connection up when it is too long or takes too long.
 * @throws InterLinkError `out_of_range` or `deadline_exceeded`; the stream's own error when it breaks
 */
export async function readBody(body: Readable, { maxBytes, timeoutMs }: BodyLimit): Promise<string> {
  const late = new InterLinkError('deadline_exceeded', `The answer did not end in ${timeoutMs} ms`);
  const timer = setTimeout(() => body.destroy(late), timeoutMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new InterLinkError('out_of_range', `The answer is longer than ${maxBytes} bytes`);
      // Each small piece would keep its whole buffer: a drip of them is joined now and then.
      chunks.push(chunk);
      if (chunks.length >= 256) chunks.splice(0, chunks.length, Buffer.concat(chunks));
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a body of JSON. @throws InterLinkError as {@link readBody}, and `internal` for what is no JSON */
export async function readJson(body: Readable, limit: BodyLimit): Promise<unknown> {
  const text = await readBody(body, limit);
  try {
    return JSON.parse(text);
  } catch {
    // Not the parser's own words: they quote the text.
    throw new InterLinkError('internal', `The answer of ${text.length} characters is no JSON`);
  }
}
