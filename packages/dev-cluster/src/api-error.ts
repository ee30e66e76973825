import type { Kind } from './kinds/kind.ts';
import type { Json } from './object.ts';

/** A request that is refused, as the `Status` that the API server would answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  readonly details: Json | undefined;

  constructor(code: number, reason: string, message: string, details?: Json) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): Json {
    const { message, reason, details, code } = this;
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
    return { ...status, ...(details === undefined ? {} : { details }), code };
  }
}

export function notFound(kind: Kind, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));
}

export function alreadyExists(kind: Kind, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`, detailsOf(kind, name));
}

export function conflict(kind: Kind, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, detailsOf(kind, name));
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** One thing that is wrong with an object. */
export interface Problem {
  readonly field: string;
  /** `Required value`, `Invalid value: "x": …`, `Forbidden: …`. */
  readonly message: string;
}

export function invalid(kind: Kind, name: string, problems: ReadonlyArray<Problem>): ApiError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const causes = problems.map(({ field, message }) => ({ reason: causeOf(message), message, field }));
  const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.kind, causes };
  return new ApiError(422, 'Invalid', `${kind.kind}${dotGroup(kind)} "${name}" is invalid: ${list}`, details);
}

function causeOf(message: string): string {
  return `FieldValue${message.split(/[ :]/, 1)[0]}`;
}

function resourceName(kind: Kind): string {
  return `${kind.plural}${dotGroup(kind)}`;
}

function dotGroup({ group }: Kind): string {
  return group === '' ? '' : `.${group}`;
}

function detailsOf(kind: Kind, name: string): Json {
  return { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural };
}
