import { expect, test } from 'vitest';
import { InterLinkError } from './interlink-error.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

test.each([
  [systemError('ECONNREFUSED'), 'unavailable'],
  [systemError('ECONNRESET'), 'unavailable'],
  [systemError('UND_ERR_SOCKET'), 'unavailable'],
  [systemError('ENOENT'), 'unavailable'],
  [systemError('ETIMEDOUT'), 'deadline_exceeded'],
  [systemError('UND_ERR_HEADERS_TIMEOUT'), 'deadline_exceeded'],
  [systemError('ENOSPC'), 'resource_exhausted'],
  [systemError('EACCES'), 'internal'],
  [AbortSignal.abort().reason, 'cancelled'],
  [new DOMException('late', 'TimeoutError'), 'deadline_exceeded'],
  [new TypeError('x is not a function'), 'internal'],
  ['a text', 'unknown'],
  [undefined, 'unknown'],
])('InterLinkError.from(%s) is %s', (thrown, code) => {
  const error = InterLinkError.from(thrown);
  expect(error.code).toBe(code);
  expect(error.cause).toBe(thrown);
});

test('InterLinkError.from() leaves one of its own as it is', () => {
  const error = new InterLinkError('aborted', 'x');
  expect(InterLinkError.from(error)).toBe(error);
});

test('InterLinkError.from() names the errors inside an AggregateError', () => {
  const thrown = new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]);
  expect(InterLinkError.from(thrown).message).toBe('::1 refused; 127.0.0.1 refused');
});

test('isPassing tells what may succeed later', () => {
  expect(new InterLinkError('unavailable', '').isPassing).toBe(true);
  expect(new InterLinkError('failed_precondition', '').isPassing).toBe(false);
  expect(new InterLinkError('invalid_argument', '').isPassing).toBe(false);
});
