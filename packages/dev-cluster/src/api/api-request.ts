import { ApiError } from '../api-error.ts';
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
  const kindOf = (plural?: string) => kinds.find((one) => one.plural === plural && apiVersionOf(one) === apiVersion);
  const isInside = segments[0] === 'namespaces' && kindOf(segments[2])?.namespaced === true;
  const [plural, name, ...subresource] = isInside ? segments.slice(2) : segments;
  const kind = kindOf(plural);
  if (kind === undefined) throw noSuchPath(`: there are no ${segments[2] ?? plural} of ${apiVersion} here`);
  return { kind, namespace: isInside ? segments[1] : undefined, name, subresource: subresource.join('/') };
}

export function noSuchPath(why = ''): ApiError {
  return new ApiError(404, `the server could not find the requested resource${why}`);
}

/** The request's body as an object of the kind that the path says. @throws ApiError 400 */
export function bodyOf({ body, kind }: ApiRequest): Json {
  if (!isJson(body)) throw new ApiError(400, 'the body of the request is no JSON object');
  if ((body.kind ?? kind.kind) === kind.kind) return body;
  throw new ApiError(400, `the body of the request is a ${body.kind}, want a ${kind.kind}`);
}
