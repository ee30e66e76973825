/**
 * The closed set of failure kinds, in gRPC's words (https://grpc.io/docs/guides/status-codes/).
 * Everything that fails between two InterLink processes carries exactly one of them.
 */
export const errorCodes = [
  'cancelled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Details that a receiver may act upon without reading the message. */
export interface ErrorDetails {
  /** A stable word that narrows the code, for example `stale_epoch` or `ErrImagePull`. */
  reason?: string | undefined;
  /** When it is worth trying again. */
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/**
 * The one error type of the protocol. The message names the action that failed, the value at hand and the wanted one;
 * it is shown to users, so it never holds a token, an environment value or a file's content.
 */
export class InterLinkError extends Error {
  override readonly name = 'InterLinkError';
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.reason = details.reason;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** The only converter from whatever was thrown. Aborts become `cancelled`, time-outs `deadline_exceeded`, lost connections `unavailable`, full disks `resource_exhausted`. */
  static from(thrown: unknown): InterLinkError {
    if (thrown instanceof InterLinkError) return thrown;
    if (!(thrown instanceof Error)) return new InterLinkError('unknown', String(thrown), { cause: thrown });
    return new InterLinkError(codeOf(thrown), describeError(thrown), { cause: thrown });
  }

  /** True when the same request may succeed later without anybody changing it. */
  get isPassing(): boolean {
    return passingCodes.has(this.code);
  }
}

const passingCodes: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'unknown',
  'deadline_exceeded',
  'resource_exhausted',
  'aborted',
  'internal',
  'unavailable',
  'unauthenticated',
  'permission_denied',
]);

/** Node's and undici's names for "the peer could not be reached or went away". */
const connectionLost =
  /^(ECONN|EPIPE|ENOENT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|UND_ERR_SOCKET$|UND_ERR_CLOSED$|UND_ERR_DESTROYED$)/;
/** A file system's names for "no more room for you". */
const noRoom = /^(ENOSPC|EDQUOT)$/;
const timedOut = /^(ETIMEDOUT$|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$)/;

function codeOf(error: Error): ErrorCode {
  if (error.name === 'AbortError') return 'cancelled';
  if (error.name === 'TimeoutError') return 'deadline_exceeded';
  const systemCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (timedOut.test(systemCode)) return 'deadline_exceeded';
  if (connectionLost.test(systemCode)) return 'unavailable';
  if (noRoom.test(systemCode)) return 'resource_exhausted';
  return 'internal';
}

/** An error's message, or the messages of the errors inside an AggregateError (Node leaves its own message empty). */
function describeError(error: Error): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((inner) => (inner instanceof Error ? inner.message : String(inner))).join('; ');
  }
  return error.message;
}
