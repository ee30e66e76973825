import type { ErrorCode } from './interlink-error.ts';

/** The one table between failure kinds and HTTP status codes, used in both directions. */
const statusOf: Readonly<Record<ErrorCode, number>> = {
  cancelled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 422,
  aborted: 409,
  out_of_range: 413,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
};

/** When an answer carries no code of ours (a proxy, a v1 peer), its status alone decides. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  405: 'unimplemented',
  408: 'deadline_exceeded',
  409: 'aborted',
  413: 'out_of_range',
  416: 'out_of_range',
  422: 'failed_precondition',
  429: 'resource_exhausted',
  499: 'cancelled',
  500: 'internal',
  501: 'unimplemented',
  502: 'unavailable',
  503: 'unavailable',
  504: 'deadline_exceeded',
};

export function toHttpStatus(code: ErrorCode): number {
  return statusOf[code];
}

export function fromHttpStatus(status: number): ErrorCode {
  // Peers don't redirect: it is a proxy before them, which says nothing of the request.
  if (status < 400) return 'unavailable';
  return codeOfStatus[status] ?? (status >= 500 ? 'internal' : 'invalid_argument');
}
