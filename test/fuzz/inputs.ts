import fc from 'fast-check';
import { mutate, stretch } from './mutate.ts';
import { mutateJson } from './mutate-json.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';

/** Of so many inputs one is long. */
const longEvery = 250;
const batch = 128;

export interface InputOptions {
  readonly count: number;
  readonly seed: number;
  readonly longBytes: number;
}

/** The inputs of a target, always the same ones for a seed: noise, mutations, and what has the format's structure. */
export function* inputsOf(
  { corpus, structured, maxBytes }: Target,
  { count, seed, longBytes }: InputOptions,
): Generator<Buffer> {
  const random = new Random(seed);
  const values = corpus.flatMap(parsed);
  const arbitrary = structured ?? fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  let samples: Buffer[] = [];
  for (let made = 0; made < count; made += 1) {
    if (made < corpus.length) yield corpus[made] as Buffer;
    else if (made % longEvery === longEvery - 1)
      yield stretch(corpus, random, Math.min(longBytes, maxBytes ?? longBytes));
    else {
      const kind = random.below(10);
      if (kind === 0) yield random.bytes(random.below(300));
      else if (kind <= 3) {
        if (samples.length === 0) samples = fc.sample(arbitrary, { seed: seed + made, numRuns: batch });
        yield samples.pop() as Buffer;
      } else if (kind <= 6 && values.length > 0) yield render(mutateJson(random.pick(values), random));
      else yield mutate(corpus, random);
    }
  }
}

function parsed(bytes: Buffer): unknown[] {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? [value] : [];
  } catch {
    return [];
  }
}

function render(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? '');
}
