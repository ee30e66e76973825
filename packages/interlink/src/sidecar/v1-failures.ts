import { type ErrorCode, InterLinkError } from '@interlink/protocol';

const silent: ReadonlySet<ErrorCode> = new Set([
  ...([
    'unavailable',
    'deadline_exceeded',
    'cancelled',
    'unauthenticated',
    'permission_denied',
    'resource_exhausted',
  ] as const),
]);

/** Codes of the system, of Node, its HTTP parser and undici: https://nodejs.org/api/errors.html#nodejs-error-codes */
const ofTransport = /^(E[A-Z0-9]+|ERR_|HPE_|UND_ERR_)/;
const neverConnected =
  /^(ECONNREFUSED|ENOENT|EACCES|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const closed = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/** The plugin did not answer at all, or not to us: asking for each pod would tell no more, and nothing that it was told has been taken. */
export function isSilence(error: unknown): boolean {
  const { code } = InterLinkError.from(error);
  return silent.has(code) || hasCode(error, ofTransport);
}

/** Whether the way to the plugin was not there, so that no byte of the request has reached it. */
export function isUnsent(error: unknown): boolean {
  return hasCode(error, neverConnected);
}

/** The plugin took the request, and closed the connection without an answer. */
export function isHungUp(error: unknown): boolean {
  return hasCode(error, closed);
}

function hasCode(error: unknown, codes: RegExp): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && typeof error.code === 'string' && codes.test(error.code)) || hasCode(error.cause, codes);
}
