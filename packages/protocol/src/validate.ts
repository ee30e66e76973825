import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { InterLinkError } from './errors/interlink-error.ts';

/** Turns untrusted JSON into a typed value, or throws. */
export type Parser<T> = (value: unknown) => T;

/**
 * Compiles a schema, once and when it is first needed, into a parser. A value that does not fit throws `invalid_argument`, naming
 * each place and what is wanted there, never the value itself: bodies hold secrets. typebox names eight problems at most.
 * @param what the thing being read, as the message calls it: `pod request`
 */
export function parserOf<S extends TSchema>(schema: S, what: string): Parser<Static<S>> {
  let check: Validator | undefined;
  return (value) => {
    check ??= Compile(schema);
    if (check.Check(value)) return value as Static<S>;
    const problems = check
      .Errors(value)
      .map((e) => `${e.instancePath === '' ? 'the body' : e.instancePath} ${e.message}`);
    throw new InterLinkError('invalid_argument', `Invalid ${what}: ${problems.join('; ')}`);
  };
}
