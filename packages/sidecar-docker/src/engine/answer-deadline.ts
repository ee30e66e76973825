import { InterLinkError } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';

type Dial = Docker['modem']['dial'];
type DialOptions = Parameters<Dial>[0];

/** How long the engine may take for an answer, by what is asked of it. A busy one takes seconds; what never answers must not be awaited for ever. */
export interface AnswerLimits {
  /** One container as it is: nothing is made, and nobody's work may depend on it for longer. */
  readonly containerMs: number;
  /** Lists, and what the engine says of itself. */
  readonly readMs: number;
  /** Creates, starts, removals: storage that copies whole images, and networks that are set up by others, take minutes. */
  readonly changeMs: number;
}

export const answerLimits: AnswerLimits = { containerMs: 30_000, readMs: 120_000, changeMs: 600_000 };

const aboutContainer = /^\/(containers|exec)\/[^/?]+\/(json|stats|exec|resize|kill)\b/;

/**
 * Gives every request a deadline for its whole answer, but for streams, which last as long as their caller wants, and for requests that
 * bring a signal of their own. The connection is closed then; what the engine makes of the request is seen by whoever asks again.
 * @returns a dial whose callback gets an InterLinkError `deadline_exceeded` that names the request
 */
export function withDeadline(dial: Dial, limits: AnswerLimits): Dial {
  return (options, callback) => {
    if (options.isStream === true || options.abortSignal !== undefined) return dial(options, callback);
    const over = new AbortController();
    let isAnswered = false;
    const answer: NonNullable<typeof callback> = (error, result) => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(timer);
      callback?.(error, result);
    };
    const limitMs = limitOf(options, limits);
    const timer = setTimeout(() => {
      answer(notAnswered(options, limitMs), null);
      over.abort();
    }, limitMs);
    dial({ ...options, abortSignal: over.signal }, answer);
  };
}

function limitOf({ method, path }: DialOptions, { containerMs, readMs, changeMs }: AnswerLimits): number {
  if (aboutContainer.test(path)) return containerMs;
  return method === 'GET' ? readMs : changeMs;
}

function notAnswered({ method = 'GET', path }: DialOptions, limitMs: number): InterLinkError {
  const what = `${method} ${path.replace(/\?.*$/, '')}`;
  return new InterLinkError('deadline_exceeded', `The engine has not answered ${what} within ${limitMs / 1_000} s`);
}
