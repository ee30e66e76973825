import { expect, test } from 'vitest';
import { errorCodes, InterLinkError } from './interlink-error.ts';
import { parseProblem, toProblem } from './problem.ts';

test.each(errorCodes)('parseProblem() gives back the %s that toProblem() wrote', (code) => {
  const error = new InterLinkError(code, 'It failed', { reason: 'stale_epoch' });
  const problem = toProblem(error);
  const parsed = parseProblem(problem.status, JSON.stringify(problem));
  expect(parsed).toMatchObject({ code, message: 'It failed', reason: 'stale_epoch' });
});

test('toProblem() leaves out a reason that is not there', () => {
  expect(toProblem(new InterLinkError('not_found', 'No pod'))).toEqual({
    type: 'about:blank',
    title: 'not found',
    status: 404,
    detail: 'No pod',
    code: 'not_found',
  });
});

test.each([
  ['<html>Bad Gateway</html>', 'The peer answered 502 with a page: Bad Gateway'],
  [
    '\n<!DOCTYPE html><head><title>Sign In</title><style>body { color: red }</style>\n<script src="x">let a = "<b>";</script >',
    'The peer answered 502 with a page: Sign In',
  ],
  ['{"error":"x"}', '{"error":"x"}'],
  ['  \n', 'The peer answered 502 without a message'],
])('parseProblem() reads %j of a foreign peer by its status', (body, message) => {
  expect(parseProblem(502, body)).toMatchObject({ code: 'unavailable', message });
});

test('parseProblem() takes the message of a library’s JSON', () => {
  const body = '{"statusCode":500,"code":"EIO","error":"Internal Server Error","message":"EIO: i/o error, write"}';
  expect(parseProblem(500, body)).toMatchObject({ code: 'internal', message: 'EIO: i/o error, write' });
});

test.each([
  ['a text', 'GET /v2 HTTP/1.1\nAuthorization: Bearer 0123456789abcdef.hunter2\n'],
  [
    'a problem',
    JSON.stringify(toProblem(new InterLinkError('unauthenticated', 'Bearer 0123456789abcdef.hunter2, no'))),
  ],
  ['a page', '<html><td>Bearer 0123456789abcdef.hunter2</td></html>'],
])('parseProblem() keeps no token that %s of the peer repeats', (_what, body) => {
  expect(parseProblem(401, body).message).toContain('Bearer ***');
  expect(parseProblem(401, body).message).not.toContain('hunter2');
});

test('parseProblem() has a message where the peer has none', () => {
  const body = JSON.stringify(toProblem(new InterLinkError('not_found', '')));
  expect(parseProblem(404, body)).toMatchObject({
    code: 'not_found',
    message: 'The peer answered 404 without a message',
  });
});

test('parseProblem() does not believe a code that it does not know, and keeps 4 KiB of a text', () => {
  const body = JSON.stringify({ ...toProblem(new InterLinkError('internal', 'x')), code: 'made_up' });
  expect(parseProblem(409, body).code).toBe('aborted');
  expect(parseProblem(500, 'x'.repeat(10_000)).message).toHaveLength(4_096);
});

test('parseProblem() reads a page of as many bytes as an answer may have, whose tags never end, once', () => {
  const { message } = parseProblem(502, `<html>Bad Gateway${'<'.repeat(1024 * 1024)}`);
  expect(message).toMatch(/^The peer answered 502 with a page: Bad Gateway</);
});
