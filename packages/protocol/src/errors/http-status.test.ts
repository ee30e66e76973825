import { expect, test } from 'vitest';
import { fromHttpStatus, toHttpStatus } from './http-status.ts';
import { errorCodes } from './interlink-error.ts';

test.each(errorCodes)('toHttpStatus(%s) is an error status that leads back to a code of the same status', (code) => {
  const status = toHttpStatus(code);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(toHttpStatus(fromHttpStatus(status))).toBe(status);
});

test.each([
  [302, 'unavailable'],
  [400, 'invalid_argument'],
  [401, 'unauthenticated'],
  [404, 'not_found'],
  [413, 'out_of_range'],
  [418, 'invalid_argument'],
  [422, 'failed_precondition'],
  [429, 'resource_exhausted'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [507, 'internal'],
])('fromHttpStatus(%i) is %s', (status, code) => {
  expect(fromHttpStatus(status)).toBe(code);
});
