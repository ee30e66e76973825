import { InterLinkError } from '@interlink/protocol';
import { NotApplicable } from '../doctor/check.ts';

/** What went wrong. The doctor points from one check to another; here what is behind that is told. */
export function inWords(error: unknown): string {
  return InterLinkError.from(error instanceof NotApplicable ? (error.cause ?? error) : error).message;
}
