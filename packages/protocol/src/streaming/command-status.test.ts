import { expect, test } from 'vitest';
import { InterLinkError } from '../errors/interlink-error.ts';
import { parseCommandStatus, toCommandStatus } from './command-status.ts';
import type { CommandEnd } from './remote-command.ts';

const roundTrip = (end: CommandEnd) => parseCommandStatus(Buffer.from(JSON.stringify(toCommandStatus(end))));

test('toCommandStatus() writes what the kubelet writes', () => {
  expect(JSON.stringify(toCommandStatus({ exitCode: 0 }))).toBe('{"metadata":{},"status":"Success"}');
  expect(JSON.stringify(toCommandStatus({ exitCode: 7 }))).toBe(
    '{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 7","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}',
  );
  expect(toCommandStatus({ error: new InterLinkError('unavailable', 'no engine') })).toMatchObject({
    status: 'Failure',
    message: 'Internal error occurred: error executing command in container: no engine',
    reason: 'InternalError',
    code: 500,
    details: { causes: [{ message: 'no engine' }, expect.anything()] },
  });
});

test.each([0, 1, 127, 255])('parseCommandStatus() reads exit code %d back', (exitCode) => {
  expect(roundTrip({ exitCode })).toEqual({ exitCode });
});

test('parseCommandStatus() reads an error back with its code, message and reason', () => {
  const error = new InterLinkError('not_found', 'no such program', { reason: 'StartError' });
  expect(roundTrip({ error }).error).toMatchObject({
    code: 'not_found',
    message: 'no such program',
    reason: 'StartError',
  });
});

test('parseCommandStatus() reads another peer’s error as internal, with its message', () => {
  const status = { status: 'Failure', message: 'container not found', reason: 'NotFound', code: 404 };
  expect(parseCommandStatus(Buffer.from(JSON.stringify(status))).error).toMatchObject({
    code: 'internal',
    message: 'container not found',
  });
});

test.each(['', 'null', '[]', '{"status":1}', '{"status":"Failure","reason":"NonZeroExitCode"}'])(
  'parseCommandStatus() takes %j for no success',
  (text) => {
    expect(parseCommandStatus(Buffer.from(text)).error?.code).toBe('internal');
  },
);
