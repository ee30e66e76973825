import { isDeepStrictEqual } from 'node:util';
import type { Random } from './random.ts';
import { hold } from './target.ts';

/** What came of reading: all that was read, and how it ended. */
export interface Outcome {
  readonly read: ReadonlyArray<unknown>;
  readonly error?: unknown;
}

/** The same bytes as they may come over a network: cut anywhere, with empty parts among them. */
export function inParts(bytes: Buffer, random: Random): Buffer[] {
  const cuts = Array.from({ length: random.below(8) }, () => random.below(bytes.length + 1));
  const ends = [...cuts, bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end)));
}

/** Reads the whole and the parts, which must come to the same, and throws what both threw. */
export async function assertSameInParts(
  input: Buffer,
  random: Random,
  read: (chunks: Buffer[]) => Promise<Outcome> | Outcome,
): Promise<ReadonlyArray<unknown>> {
  const whole = await read([input]);
  const parts = await read(inParts(input, random));
  hold(isDeepStrictEqual(whole.read, parts.read), 'parts are read as the whole is');
  hold(String(whole.error) === String(parts.error), `parts end as the whole does: ${whole.error}, not ${parts.error}`);
  if (whole.error !== undefined) throw whole.error;
  return whole.read;
}

/** All that a generator yields, until it ends or throws. */
export async function outcomeOf(values: AsyncIterable<unknown> | Iterable<unknown>): Promise<Outcome> {
  const read: unknown[] = [];
  try {
    for await (const value of values) read.push(value);
    return { read };
  } catch (error) {
    return { read, error };
  }
}

export async function* streamOf(chunks: ReadonlyArray<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}
