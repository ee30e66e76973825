import { ApiError, notFound } from '../api-error.ts';
import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import type { Json, KubeObject } from '../object.ts';
import { type Matches, parseFieldSelector, parseLabelSelector } from '../store/selectors.ts';
import type { Store } from '../store/store.ts';
import type { ApiRequest } from './api-request.ts';
import { toTable, wantsTable } from './table.ts';

/** One object. @throws ApiError 404 */
export function getObject(store: Store, request: ApiRequest): Json {
  const { kind, namespace, name = '', accept } = request;
  const object = store.get(kind, namespace, name);
  if (object === undefined) throw notFound(kind, name);
  return wantsTable(accept) ? toTable(kind, [object], {}) : object;
}

/** A collection, or a page of it. @throws ApiError 410 for a page of a list that is too old to go on with */
export function listObjects(store: Store, request: ApiRequest): Json {
  const { kind, namespace, query, accept } = request;
  const page = parseContinue(query.get('continue'));
  if (page !== undefined) store.changesAfter(page.version);
  const version = String(page?.version ?? store.version);
  const all = store.list(kind, namespace).filter(selectionOf(request));
  const rest = page === undefined ? all : all.filter((object) => positionOf(object) > page.after);
  const limit = Number(query.get('limit') ?? 0) || rest.length;
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const remaining = rest.length - items.length;
  const metadata = {
    resourceVersion: version,
    ...(remaining === 0 || last === undefined
      ? {}
      : { continue: renderContinue(version, last), remainingItemCount: remaining }),
  };
  if (wantsTable(accept)) return toTable(kind, items, metadata);
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: items.map(asItem) };
}

/** Which objects of its kind a request is about. @throws ApiError 400 for a selector that can't be read */
export function selectionOf({ kind, namespace, name, query }: ApiRequest): Matches {
  const hasLabels = parseLabelSelector(query.get('labelSelector') ?? '');
  const hasFields = parseFieldSelector(kind, query.get('fieldSelector') ?? '');
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    hasFields(object) &&
    hasLabels(object.metadata.labels ?? {});
}

/** In a list, each kind is said once. */
function asItem({ kind: _kind, apiVersion: _apiVersion, ...item }: KubeObject): Json {
  return item;
}

function positionOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function renderContinue(version: string, last: KubeObject): string {
  return Buffer.from(JSON.stringify([Number(version), positionOf(last)])).toString('base64url');
}

function parseContinue(token: string | null): { version: number; after: string } | undefined {
  if (token === null || token === '') return undefined;
  try {
    const [version, after] = JSON.parse(Buffer.from(token, 'base64url').toString());
    return { version: Number(version), after: String(after) };
  } catch {
    throw new ApiError(400, 'BadRequest', 'continue key is not valid');
  }
}

/** An event of a watch stream. */
export function watchEvent(type: string, kind: Kind, object: KubeObject, accept: string): Json {
  return { type, object: wantsTable(accept) ? toTable(kind, [object], {}) : object };
}
