import { InterLinkError } from '@interlink/protocol';
import type fc from 'fast-check';
import type { Random } from './random.ts';

/** One parser of foreign bytes, and what must hold of it. */
export interface Target {
  /** As `make fuzz TARGET=` takes it. */
  readonly name: string;
  /** What such input looks like: recorded, or written after the format's description. Mutations begin here. */
  readonly corpus: ReadonlyArray<Buffer>;
  /** Input that has the format's structure and nothing else in common with the corpus. */
  readonly structured?: fc.Arbitrary<Buffer>;
  /** Reads the input, and throws when something does not hold. */
  read(input: Buffer, random: Random): unknown;
  /** Of its long inputs at most: for files of the administrator's own, which a library of YAML reads whose work grows faster than they. */
  readonly maxBytes?: number;
  /** What the parser is documented to throw. Default: an InterLinkError. */
  readonly mayThrow?: (error: unknown) => boolean;
}

export const isInterLinkError = (error: unknown): boolean => error instanceof InterLinkError;

/** An `Error` and none of its kinds: a TypeError or a RangeError is somebody's mistake. */
export const isPlainError = (error: unknown): boolean =>
  error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;

/** For parsers that say "no" by what they return. */
export const throwsNothing = (): boolean => false;

/** A claim of a target; `what` says which. */
export function hold(isTrue: boolean, what: string): void {
  if (!isTrue) throw new BrokenClaim(what);
}

/** What a target says of its parser is not so. */
export class BrokenClaim extends Error {
  override readonly name = 'BrokenClaim';
}
