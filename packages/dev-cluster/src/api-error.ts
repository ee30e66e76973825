import type { Kind } from './kinds/kind.ts';
import type { Json } from './object.ts';

/** One thing that is wrong with an object; `message` as `Required value`, `Forbidden: …`. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

const reasons: Readonly<Record<number, string>> = {
  ...{ 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 405: 'MethodNotAllowed' },
  ...{ 409: 'Conflict', 410: 'Expired', 415: 'UnsupportedMediaType', 422: 'Invalid', 500: 'InternalError' },
};

/** A request that is refused. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly #more: Json;

  /** @param more of the Status: `details`, or another `reason` than the code's */
  constructor(code: number, message: string, more: Json = {}) {
    super(message);
    this.code = code;
    this.#more = more;
  }

  /** The `Status` that the API server would answer. `details` are always there: kubectl reads them without asking. */
  toStatus(): Json {
    const { code, message } = this;
    const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
    return { ...head, message, reason: reasons[code] ?? '', details: {}, code, ...this.#more };
  }
}

export function notFound(kind: Kind, name: string): ApiError {
  return new ApiError(404, `${resourceName(kind)} "${name}" not found`, { details: { name, kind: kind.plural } });
}

export function conflict(kind: Kind, name: string, why: string): ApiError {
  return new ApiError(409, `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`);
}

export function invalid({ kind }: Kind, name: string, problems: ReadonlyArray<Problem>): ApiError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new ApiError(422, `${kind} "${name}" is invalid: ${list}`, { details: { name, kind, causes: problems } });
}

/** `pods`, `leases.coordination.k8s.io`. */
export function resourceName({ plural, group }: Kind): string {
  return group === '' ? plural : `${plural}.${group}`;
}
