import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { fromHttpStatus, toHttpStatus } from './http-status.ts';
import { errorCodes, InterLinkError } from './interlink-error.ts';

/** An error on the wire: RFC 9457 `application/problem+json` with our stable `code`. */
export const Problem = Type.Object({
  type: Type.Literal('about:blank'),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.Enum([...errorCodes]),
  reason: Type.Optional(Type.String()),
});
export type Problem = Static<typeof Problem>;

export const problemContentType = 'application/problem+json';

/** A header that shows one (RFC 6750, section 2.1), and nothing as short as a word. */
const shownToken = /(\bBearer )[\w.~+/=-]{16,}/gi;

const problemCheck = Compile(Problem);

/** @param status instead of the code's own, where HTTP has a better word */
export function toProblem(error: InterLinkError, status = toHttpStatus(error.code)): Problem {
  return {
    type: 'about:blank',
    title: error.code.replaceAll('_', ' '),
    status,
    detail: error.message,
    code: error.code,
    ...(error.reason === undefined ? {} : { reason: error.reason }),
  };
}

/**
 * Reads an error answer of any peer: ours (problem+json), a v1 plugin's (plain text), the `message` of some library's JSON, or a page that a
 * proxy shows to people, of which the words are kept. At most 4 KiB of a text is. Of a peer that repeats what it was sent, the token is not:
 * messages end up in a pod's status.
 */
export function parseProblem(status: number, body: string): InterLinkError {
  const parsed = parseJson(body);
  const nothing = `The peer answered ${status} without a message`;
  if (problemCheck.Check(parsed)) {
    const { code, detail, reason } = parsed;
    return new InterLinkError(code, withoutTokens(detail) || nothing, { reason: reason && withoutTokens(reason) });
  }
  const words = isPage(body)
    ? `The peer answered ${status} with a page: ${wordsOf(body)}`
    : (messageOf(parsed) ?? body);
  return new InterLinkError(fromHttpStatus(status), withoutTokens(words.trim()).slice(0, 4096) || nothing);
}

function withoutTokens(text: string): string {
  return text.replaceAll(shownToken, '$1…');
}

function messageOf(parsed: unknown): string | undefined {
  const isObject = typeof parsed === 'object' && parsed !== null && 'message' in parsed;
  return isObject && typeof parsed.message === 'string' && parsed.message !== '' ? parsed.message : undefined;
}

function isPage(body: string): boolean {
  return /^\s*<(!doctype html|html)\b/i.test(body);
}

/** What a browser would show of a page, roughly: for a message, not for a browser. */
function wordsOf(page: string): string {
  return withoutTokens(
    page
      .replace(/<(style|script)\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
      // No tag begins within another: to look for its end once only.
      .replace(/<[^<>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ).slice(0, 200);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
