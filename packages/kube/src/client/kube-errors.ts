import type { Status } from '../types.ts';

/** The API server refused a request. The message is Kubernetes' own text, with the verb and the path in front. */
export class KubeStatusError extends Error {
  /** HTTP status code. */
  readonly code: number;
  /** Kubernetes' machine-readable reason: `NotFound`, `Conflict`, …; empty when the answer was no Status. */
  readonly reason: string;
  /** The Status object, when the answer was one. */
  readonly status: Status | undefined;
  /** How long the server wants us to wait before we try again, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(request: string, code: number, status: Status | undefined, retryAfterSeconds?: number) {
    const text = status?.message ?? 'the answer is not a Kubernetes Status';
    super(`Cannot ${request}: ${text} (HTTP ${code}${status?.reason ? ` ${status.reason}` : ''})`);
    this.name = 'KubeStatusError';
    this.code = code;
    this.reason = status?.reason ?? '';
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds ?? status?.details?.retryAfterSeconds;
  }
}

/** Why there was no answer, or none that makes sense. */
export type KubeTransportErrorCode = 'timeout' | 'connection' | 'malformed';

/** No usable answer came: whether the request was carried out is unknown. */
export class KubeTransportError extends Error {
  readonly code: KubeTransportErrorCode;

  constructor(request: string, code: KubeTransportErrorCode, detail: string, cause?: unknown) {
    super(`Cannot ${request}: ${detail}`, cause === undefined ? {} : { cause });
    this.name = 'KubeTransportError';
    this.code = code;
  }
}

/** HTTP 404: there is no such object, or no such kind. */
export function isNotFound(err: unknown): err is KubeStatusError {
  return err instanceof KubeStatusError && err.code === 404;
}

/** HTTP 409 because of another version or another UID than the one that was named; not because it exists already. */
export function isConflict(err: unknown): err is KubeStatusError {
  return err instanceof KubeStatusError && err.code === 409 && err.reason !== 'AlreadyExists';
}

/** HTTP 409: there is an object of that name already. */
export function isAlreadyExists(err: unknown): err is KubeStatusError {
  return err instanceof KubeStatusError && err.code === 409 && err.reason === 'AlreadyExists';
}

/**
 * The object of that name is another one than the UID in the request says. kube-apiserver 1.36 answers a PATCH of a status with 422
 * (seen), a DELETE with a UID precondition with 409.
 */
export function isUidMismatch(err: unknown): err is KubeStatusError {
  if (!(err instanceof KubeStatusError)) return false;
  const causes = err.status?.details?.causes ?? [];
  return (
    causes.some(({ field }) => field === 'metadata.uid') ||
    (err.code === 409 && /UID in (the )?precondition/.test(err.message))
  );
}

/** HTTP 410: the resource version is too old; list again. */
export function isGone(err: unknown): err is KubeStatusError {
  return err instanceof KubeStatusError && (err.code === 410 || err.reason === 'Expired' || err.reason === 'Gone');
}

/** HTTP 403: not allowed, or the namespace is being terminated. */
export function isForbidden(err: unknown): err is KubeStatusError {
  return err instanceof KubeStatusError && err.code === 403;
}

/**
 * The Status in a response body.
 * @returns undefined when the body is something else (a proxy's HTML page, nothing at all).
 */
export function parseStatus(body: string): Status | undefined {
  try {
    const value = JSON.parse(body) as Status | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}
