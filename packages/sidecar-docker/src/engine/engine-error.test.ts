import { describe, expect, test } from 'vitest';
import { fromEngine } from './engine-error.ts';

/** As docker-modem throws an answer. */
function answer(statusCode: number, json: unknown): Error {
  const text = typeof json === 'object' && json !== null && 'message' in json ? json.message : json;
  return Object.assign(new Error(`(HTTP code ${statusCode}) no such thing - ${String(text)} `), { statusCode, json });
}

describe('fromEngine()', () => {
  test.each([
    ['Docker: nothing of that name', 404, { message: 'No such container: a' }, 'not_found'],
    ['Docker: it does not run', 409, { message: 'Container a is not running' }, 'already_exists'],
    ['Docker: a full disk', 500, { message: 'write /x: no space left on device' }, 'resource_exhausted'],
    ['Docker: whatever else', 500, { message: 'no such container runtime' }, 'internal'],
    [
      'Podman: one that is gone',
      500,
      { message: 'container a does not exist in database: no such container' },
      'not_found',
    ],
    [
      'Podman: it does not run',
      500,
      { message: 'can only kill running containers. a is in state exited: container state improper' },
      'already_exists',
    ],
    ['Podman: no such request', 404, 'Not Found\n', 'unimplemented'],
  ])('%s', (_, status, json, code) => {
    expect(fromEngine(answer(status, json))).toMatchObject({ code });
  });
});
