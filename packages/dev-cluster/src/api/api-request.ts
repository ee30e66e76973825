import { ApiError, badRequest } from '../api-error.ts';
import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import { kinds } from '../kinds/kinds.ts';
import { isJson, type Json } from '../object.ts';

/** A request for objects, taken apart. */
export interface ApiRequest {
  readonly method: string;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  /** Undefined for a collection. */
  readonly name: string | undefined;
  /** Such as `status`; '' for the object itself. */
  readonly subresource: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly body: unknown;
}

/** What a path means: `/api/v1/namespaces/{namespace}/pods/{name}/{subresource}` and its shorter forms. @throws ApiError 404 */
export function parsePath(path: string): Pick<ApiRequest, 'kind' | 'namespace' | 'name' | 'subresource'> {
  const [, apiVersion, rest = ''] =
    /^\/(?:api\/(?=v1\/)|apis\/(?=[^/]+\/v))((?:[^/]+\/)?v\d\w*)\/(.*)$/.exec(path) ?? [];
  const segments = rest.split('/').map(decodeURIComponent);
  const isInNamespace = segments[0] === 'namespaces' && segments[2] !== undefined && kindOf(apiVersion, segments[2]);
  const namespace = isInNamespace ? segments[1] : undefined;
  const [plural = '', name, ...subresource] = isInNamespace ? segments.slice(2) : segments;
  const kind = kindOf(apiVersion, plural);
  if (kind === undefined || (isInNamespace && !kind.namespaced)) throw noSuchPath();
  return { kind, namespace, name, subresource: subresource.join('/') };
}

function kindOf(apiVersion: string | undefined, plural: string): Kind | undefined {
  return kinds.find((kind) => kind.plural === plural && apiVersionOf(kind) === apiVersion);
}

export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource');
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

/** The request's body as an object of the kind that the path says. @throws ApiError 400 */
export function bodyOf({ body, kind }: ApiRequest): Json {
  if (!isJson(body)) throw badRequest('the body of the request is no JSON object');
  if ((body.kind ?? kind.kind) !== kind.kind || (body.apiVersion ?? apiVersionOf(kind)) !== apiVersionOf(kind)) {
    throw badRequest(`${body.apiVersion} ${body.kind} in the body of a request for ${apiVersionOf(kind)} ${kind.kind}`);
  }
  return body;
}
