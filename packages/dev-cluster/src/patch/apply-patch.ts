import { applyPatch as applyJsonPatch } from 'rfc6902';
import { ApiError } from '../api-error.ts';
import { asJson, isJson, type Json } from '../object.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

const types: Readonly<Record<string, (target: Json, patch: unknown) => Json>> = {
  'application/merge-patch+json': (target, patch) => applyMerge(target, asJson(patch)),
  'application/strategic-merge-patch+json': (target, patch) => applyStrategicMerge(target, asJson(patch)),
  'application/json-patch+json': applyOperations,
};

/** A changed copy of `target`. @throws ApiError 415 for a type of patch that this server does not take, 422 for a bad one */
export function applyPatch(target: Json, patch: unknown, contentType: string): Json {
  const [type = ''] = contentType.split(';', 1);
  const apply = types[type];
  if (apply !== undefined) return apply(target, patch);
  const why = type.startsWith('application/apply-patch')
    ? 'server-side apply is not there in this in-memory cluster: use client-side apply (kubectl apply without --server-side)'
    : `the body of the request was in an unknown format - accepted media types include: ${Object.keys(types).join(', ')}`;
  throw new ApiError(415, why);
}

/** RFC 7386. */
function applyMerge(target: Json, patch: Json): Json {
  const result = { ...target };
  for (const [field, change] of Object.entries(patch)) {
    if (change === null) delete result[field];
    else if (isJson(change)) result[field] = applyMerge(asJson(result[field]), change);
    else result[field] = change;
  }
  return result;
}

function applyOperations(target: Json, patch: unknown): Json {
  const result = structuredClone(target);
  const failed = applyJsonPatch(result, Array.isArray(patch) ? patch : []).find((error) => error !== null);
  if (failed === undefined) return result;
  throw new ApiError(422, `the server rejected our request due to an error in our request: ${failed.message}`);
}
