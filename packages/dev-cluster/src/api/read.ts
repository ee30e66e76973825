import { ApiError } from '../api-error.ts';
import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import type { Json, KubeObject } from '../object.ts';
import { type Matches, parseFieldSelector, parseLabelSelector } from '../store/selectors.ts';
import type { Store } from '../store/store.ts';
import type { ApiRequest } from './api-request.ts';

/** One object, or what `kubectl get` shows of it. */
export function getObject(object: KubeObject, { kind, accept }: ApiRequest): Json {
  return wantsTable(accept) ? toTable(kind, [object], {}) : object;
}

/** A collection, or a page of it. @throws ApiError 410 for a page of a list that is too old to go on with */
export function listObjects(store: Store, request: ApiRequest): Json {
  const { kind, namespace, query, accept } = request;
  const [version, after] = parseContinue(query.get('continue') ?? '') ?? [store.version, ''];
  store.changesAfter(version);
  const matches = selectionOf(request);
  const rest = store.list(kind, namespace).filter((object) => positionOf(object) > after && matches(object));
  const items = rest.slice(0, Number(query.get('limit')) || rest.length);
  const last = items.at(-1);
  const remainingItemCount = rest.length - items.length;
  const isWhole = remainingItemCount === 0 || last === undefined;
  const page = isWhole ? {} : { continue: renderContinue(version, positionOf(last)), remainingItemCount };
  const metadata = { resourceVersion: String(version), ...page };
  if (wantsTable(accept)) return toTable(kind, items, metadata);
  // In a list, each kind is said once.
  const bare = items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item);
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: bare };
}

/** Which objects of its kind a request is about. @throws ApiError 400 for a selector that can't be read */
export function selectionOf({ kind, namespace, name, query }: ApiRequest): Matches {
  const hasLabels = parseLabelSelector(query.get('labelSelector') ?? '');
  const hasFields = parseFieldSelector(kind, query.get('fieldSelector') ?? '');
  return (object) => {
    const { metadata } = object;
    const isThere =
      (namespace ?? metadata.namespace) === metadata.namespace && (name ?? metadata.name) === metadata.name;
    return isThere && hasFields(object) && hasLabels(metadata.labels ?? {});
  };
}

/** Lists are in this order. */
function positionOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function renderContinue(version: number, after: string): string {
  return Buffer.from(JSON.stringify([version, after])).toString('base64url');
}

function parseContinue(token: string): [version: number, after: string] | undefined {
  if (token === '') return undefined;
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw new ApiError(400, 'continue key is not valid');
  }
}

/** Whether a client wants what `kubectl get` shows instead of the objects. */
function wantsTable(accept: string): boolean {
  return accept.includes('as=Table');
}

/** What `kubectl get` shows of objects (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables). */
function toTable({ columns }: Kind, objects: ReadonlyArray<KubeObject>, metadata: Json): Json {
  const columnDefinitions = columns.map(({ name, isWide }) => ({
    ...{ name, type: 'string', format: name === 'Name' ? 'name' : '', description: name },
    priority: isWide === true ? 1 : 0,
  }));
  const rows = objects.map((object) => ({
    cells: columns.map(({ value }) => value(object)),
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}
