import { InterLinkError, type Parser } from '@interlink/protocol';
import { ConformanceFailure } from '../failure.ts';

/** Reads a value by the protocol's schema. @throws ConformanceFailure naming each place that does not fit */
export function parseOrFail<T>(parse: Parser<T>, value: unknown, wanted: string): T {
  try {
    return parse(value);
  } catch (error) {
    throw new ConformanceFailure({ wanted, seen: InterLinkError.from(error).message });
  }
}
