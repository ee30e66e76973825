import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { InterLinkError } from './errors/interlink-error.ts';

/** Turns untrusted JSON into a typed value, or throws. */
export type Parser<T> = (value: unknown) => T;

/** At most this many problems are named in one message. */
const maxProblems = 8;

/**
 * Compiles a schema once into a parser. A value that does not fit throws `invalid_argument`, naming each place and what is
 * wanted there, never the value itself: bodies hold secrets.
 * @param what the thing being read, as the message calls it: `pod request`
 */
export function parserOf<S extends TSchema>(schema: S, what: string): Parser<Static<S>> {
  const check = Compile(schema);
  return (value) => {
    if (check.Check(value)) return value as Static<S>;
    const problems = check
      .Errors(value)
      .map((e) => `${e.instancePath === '' ? 'the body' : e.instancePath} ${e.message}`);
    const more = problems.length > maxProblems ? `; and ${problems.length - maxProblems} more` : '';
    throw new InterLinkError(
      'invalid_argument',
      `Invalid ${what}: ${problems.slice(0, maxProblems).join('; ')}${more}`,
    );
  };
}
