import { describe, expect, it } from 'vitest';
import {
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isNotFound,
  isUidMismatch,
  KubeStatusError,
  parseStatus,
} from './kube-errors.ts';

const statusError = (code: number, reason: string) => new KubeStatusError('GET /x', code, { message: 'text', reason });

describe('KubeStatusError', () => {
  it("has Kubernetes' own text behind verb and path", () => {
    const err = new KubeStatusError('PATCH /api/v1/nodes/n', 409, {
      message: 'the object has been modified',
      reason: 'Conflict',
    });
    expect(err.message).toBe('Cannot PATCH /api/v1/nodes/n: the object has been modified (HTTP 409 Conflict)');
  });

  it('takes the seconds to wait from the header, else from the Status', () => {
    expect(new KubeStatusError('GET /x', 429, { details: { retryAfterSeconds: 3 } }, 5).retryAfterSeconds).toBe(5);
    expect(new KubeStatusError('GET /x', 429, { details: { retryAfterSeconds: 3 } }).retryAfterSeconds).toBe(3);
  });
});

describe('the kinds of KubeStatusError', () => {
  it.each([
    [isNotFound, 404, 'NotFound'],
    [isConflict, 409, 'Conflict'],
    [isAlreadyExists, 409, 'AlreadyExists'],
    [isForbidden, 403, 'Forbidden'],
    [isGone, 410, 'Expired'],
  ])('%# are told apart', (is, code, reason) => {
    expect(is(statusError(code, reason))).toBe(true);
    const all = [isNotFound, isConflict, isAlreadyExists, isForbidden, isGone];
    expect(all.filter((other) => other(statusError(code, reason)))).toEqual([is]);
    expect(is(new Error('else'))).toBe(false);
  });
});

describe('isUidMismatch()', () => {
  it.each([
    [422, { message: 'Pod "p" is invalid', details: { causes: [{ field: 'metadata.uid' }] } }, true],
    [409, { message: 'the UID in the precondition (a) does not match the UID in record (b)' }, true],
    [409, { message: 'Precondition failed: UID in precondition: a, UID in object meta: b' }, true],
    [409, { message: 'the object has been modified' }, false],
    [422, { message: 'Pod "p" is invalid', details: { causes: [{ field: 'status.phase' }] } }, false],
  ])('%# knows the three forms of kube-apiserver', (code, answer, expected) => {
    expect(isUidMismatch(new KubeStatusError('PATCH /x', code, answer))).toBe(expected);
  });
});

describe('parseStatus()', () => {
  it('takes only a Status', () => {
    expect(parseStatus('{"kind":"Status","message":"m"}')).toEqual({ kind: 'Status', message: 'm' });
    for (const body of ['<html>', '', 'null', '{"kind":"Pod"}']) expect(parseStatus(body)).toBeUndefined();
  });
});
