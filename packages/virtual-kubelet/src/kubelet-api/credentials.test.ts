import { describe, expect, it } from 'vitest';
import { toIdentity } from './credentials.ts';

const nowMs = Date.parse('2026-06-01T00:00:00Z');
const valid_to = 'Jun  1 00:00:01 2026 GMT';

/** A subject as Node gives it: parts that occur more than once are arrays. */
function subject(parts: Record<string, string | string[]>) {
  return { C: '', ST: '', L: '', O: '', OU: '', CN: '', ...parts } as never;
}

describe('toIdentity()', () => {
  it('reads the common name as user and the organizations as groups', () => {
    expect(toIdentity({ subject: subject({ CN: 'a', O: ['g', 'h'] }), valid_to }, nowMs)).toEqual({
      user: 'a',
      groups: ['g', 'h'],
    });
    expect(toIdentity({ subject: { CN: 'a' } as never, valid_to }, nowMs)).toEqual({ user: 'a', groups: [] });
  });

  it('takes the last of several common names, as Go does', () => {
    expect(toIdentity({ subject: subject({ CN: ['first', 'last'] }), valid_to }, nowMs)?.user).toBe('last');
  });

  it('knows nobody in a certificate without a name, or none at all', () => {
    expect(toIdentity({ subject: { O: 'system:masters' } as never, valid_to }, nowMs)).toBeUndefined();
    expect(toIdentity({} as never, nowMs)).toBeUndefined();
  });

  it('knows nobody once the time of the certificate is over', () => {
    const certificate = { subject: subject({ CN: 'a' }), valid_to };
    expect(toIdentity(certificate, nowMs + 1_001)).toBeUndefined();
    expect(toIdentity({ ...certificate, valid_to: 'nonsense' }, nowMs)).toBeUndefined();
  });
});
