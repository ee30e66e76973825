import { ApiError, notFound } from '../api-error.ts';
import { asJson, type Json, type KubeObject, textAt } from '../object.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import type { TokenIssuer } from '../server/tokens.ts';
import type { Store } from '../store/store.ts';
import { type ApiRequest, bodyOf, noSuchPath } from './api-request.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import { getObject, listObjects } from './read.ts';
import { bindPod, requestToken } from './subresources.ts';
import { updateObject } from './update.ts';

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

/** Everything that is done to objects with one question and one answer. */
export class ObjectsApi {
  readonly #store: Store;
  readonly #tokens: TokenIssuer;

  constructor(store: Store, tokens: TokenIssuer) {
    this.#store = store;
    this.#tokens = tokens;
  }

  /** The body of the answer. @throws ApiError for what is refused */
  answer(request: ApiRequest): Json {
    const { method, name, subresource, kind, namespace } = request;
    if (name === undefined) return this.#collection(request);
    const current = this.#store.get(kind, namespace, name);
    if (current === undefined) throw notFound(kind, name);
    const isOwn = subresource === '' || (subresource === 'status' && kind.hasStatus === true);
    if (!isOwn) return this.#subresource(request, current);
    if (method === 'GET') return getObject(current, request);
    if (method === 'PUT') return this.#update(request, current, bodyOf(request));
    if (method === 'PATCH') {
      return this.#update(request, current, applyPatch(current, request.body, request.contentType));
    }
    if (method !== 'DELETE') throw notAllowed();
    const { object, isGone } = deleteObject(this.#store, kind, current, optionsOf(request));
    const details = { name, kind: kind.plural, uid: object.metadata.uid };
    return isGone && kind.isGraceful !== true ? { ...success, details } : object;
  }

  #collection(request: ApiRequest): Json {
    const { method, kind, namespace, query } = request;
    if (method === 'GET') return listObjects(this.#store, request);
    if (method !== 'POST') throw notAllowed();
    return createObject(this.#store, kind, bodyOf(request), { namespace, isDryRun: query.has('dryRun') });
  }

  #update({ kind, subresource, query }: ApiRequest, current: KubeObject, wanted: Json): KubeObject {
    return updateObject(this.#store, kind, current, wanted, { subresource, isDryRun: query.has('dryRun') });
  }

  #subresource({ method, kind, subresource, body }: ApiRequest, object: KubeObject): Json {
    const what = `${method} ${kind.plural}/${subresource}`;
    if (what === 'POST serviceaccounts/token') return requestToken(this.#store, object, asJson(body), this.#tokens);
    if (what !== 'POST pods/binding') throw noSuchPath();
    bindPod(this.#store, object, textAt(body, 'target.name'));
    return success;
  }
}

function notAllowed(): ApiError {
  return new ApiError(405, 'the server does not allow this method on the requested resource');
}

/** DeleteOptions come in the body, or some of them in the query. */
function optionsOf({ body, query }: ApiRequest): Json {
  return { ...Object.fromEntries(query), ...asJson(body) };
}
