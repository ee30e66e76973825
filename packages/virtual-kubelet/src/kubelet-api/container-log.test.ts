import { InterLinkError } from '@interlink/protocol';
import { describe, expect, it } from 'vitest';
import { toRefusal } from './container-log.ts';

describe('toRefusal()', () => {
  it.each([
    ['not_found', 400],
    ['invalid_argument', 400],
    ['failed_precondition', 400],
    ['unimplemented', 400],
    ['unavailable', 500],
    ['deadline_exceeded', 500],
    ['permission_denied', 500],
    ['internal', 500],
  ] as const)('answers %s with %i and the text, which the API server passes on', (code, status) => {
    expect(toRefusal(new InterLinkError(code, 'why'))).toEqual({ status, text: 'why' });
  });
});
