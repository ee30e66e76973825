import { errors } from 'undici';

/** How often a request is sent again because of HTTP 429 or 503, and the longest wait that we let the server ask for. */
const MAX_BUSY_RETRIES = 5;
const MAX_RETRY_AFTER_MS = 15_000;
/** Wait when a 429 or 503 names none. client-go's default is 1 s. */
const DEFAULT_RETRY_AFTER_MS = 1_000;
/** How often a request is sent again because its connection broke, and the wait before the second time. */
const MAX_BROKEN_RETRIES = 2;
const BROKEN_RETRY_MS = 100;

const BROKEN_CONNECTION_CODES = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
const IDEMPOTENT_METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'];

/** What went wrong, so far, with one request. */
export interface Attempts {
  busy: number;
  broken: number;
}

/**
 * How long to wait before a request that was answered with this status is sent again; undefined: do not.
 * 429 means that the server did nothing, whatever the verb; so does 503 with a Retry-After, except that a POST is not trusted to it.
 */
export function busyRetryDelay(
  method: string,
  statusCode: number,
  retryAfterSeconds: number | undefined,
  attempts: Attempts,
): number | undefined {
  const mayRetry =
    statusCode === 429 ||
    (statusCode === 503 && retryAfterSeconds !== undefined && IDEMPOTENT_METHODS.includes(method));
  if (!mayRetry || attempts.busy >= MAX_BUSY_RETRIES) return undefined;
  const waitMs = retryAfterSeconds === undefined ? DEFAULT_RETRY_AFTER_MS : retryAfterSeconds * 1_000;
  return Math.min(waitMs, MAX_RETRY_AFTER_MS);
}

/** How long to wait before a request whose connection broke is sent again; undefined: do not. Never for POST: it may have been carried out. */
export function brokenRetryDelay(method: string, err: unknown, attempts: Attempts): number | undefined {
  if (!IDEMPOTENT_METHODS.includes(method) || attempts.broken >= MAX_BROKEN_RETRIES) return undefined;
  const code = (err as { code?: unknown } | null)?.code;
  const broken =
    err instanceof errors.SocketError || (typeof code === 'string' && BROKEN_CONNECTION_CODES.includes(code));
  if (!broken) return undefined;
  return attempts.broken === 0 ? 0 : BROKEN_RETRY_MS;
}

/** The seconds of a `Retry-After` header; undefined when it is absent or a date (kube-apiserver sends seconds). */
export function parseRetryAfter(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined;
  return seconds;
}
