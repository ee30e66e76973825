import { InterLinkError } from '@interlink/sidecar-sdk';

type ErrorCode = InterLinkError['code'];

/** HTTP statuses of the Engine API (https://docs.docker.com/reference/api/engine/) that say more than "it failed". */
const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  404: 'not_found',
  409: 'already_exists',
  503: 'unavailable',
};

/** The engine's answer in an error of docker-modem's, or undefined when there was none (connection lost, aborted). */
function answerOf(thrown: unknown): { status: number; message: string } | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown) || typeof thrown.statusCode !== 'number')
    return undefined;
  const body = 'json' in thrown ? thrown.json : undefined;
  const text =
    typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string'
      ? body.message
      : // docker-modem's own wording of a streamed answer: `(HTTP code 404) no such image - text `
        thrown.message.replace(/^\(HTTP code \d+\) .*? - /, '');
  return { status: thrown.statusCode, message: text.trim() };
}

/** What Podman says with status 500 where a Docker Engine has a status of its own. */
const podmanCodes: ReadonlyArray<readonly [words: RegExp, code: ErrorCode]> = [
  [/: no such container$/, 'not_found'],
  [/: container state improper$/, 'already_exists'],
  [/: that name is already in use$/, 'already_exists'],
];

/** Only its words tell: the disk below its root is full. */
function hasNoRoom({ status, message }: { status: number; message: string }): boolean {
  return status >= 500 && /no space left on device|disk quota exceeded/.test(message);
}

/** The only converter of what the Docker client throws. The message is the engine's own text, as `docker` would show it. */
export function fromEngine(thrown: unknown): InterLinkError {
  const answer = answerOf(thrown);
  if (answer === undefined) return InterLinkError.from(thrown);
  return new InterLinkError(codeOf(answer), answer.message, { cause: thrown });
}

function codeOf(answer: { status: number; message: string }): ErrorCode {
  if (hasNoRoom(answer)) return 'resource_exhausted';
  // The whole answer of an engine that does not know the request: Podman's, of another version of the API.
  if (answer.status === 404 && answer.message === 'Not Found') return 'unimplemented';
  const podmans = answer.status === 500 ? podmanCodes.find(([words]) => words.test(answer.message)) : undefined;
  return codes[answer.status] ?? podmans?.[1] ?? 'internal';
}

/** Asks the engine. @throws InterLinkError instead of whatever its client throws */
export async function attempt<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw fromEngine(error);
  }
}

/** True when the engine has no such request at all. */
export function isUnimplemented(thrown: unknown): boolean {
  return thrown instanceof InterLinkError && thrown.code === 'unimplemented';
}

/** True when the engine says that what was asked for is not there. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof InterLinkError && thrown.code === 'not_found';
}
