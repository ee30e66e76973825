import { notFound } from '../api-error.ts';
import { isJson, type Json, type KubeObject, textAt } from '../object.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import type { TokenIssuer } from '../server/tokens.ts';
import type { Store } from '../store/store.ts';
import { type ApiRequest, bodyOf, methodNotAllowed, noSuchPath } from './api-request.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import { getObject, listObjects, selectionOf } from './read.ts';
import { bindPod, requestToken } from './subresources.ts';
import { updateObject } from './update.ts';

export interface Answer {
  readonly code: number;
  readonly body: Json;
}

/** Everything that is done to objects with one question and one answer. @throws ApiError for what is refused */
export class ObjectsApi {
  readonly #store: Store;
  readonly #tokens: TokenIssuer;

  constructor(store: Store, tokens: TokenIssuer) {
    this.#store = store;
    this.#tokens = tokens;
  }

  answer(request: ApiRequest): Answer {
    const { method, name, subresource, kind } = request;
    if (subresource !== '' && !(subresource === 'status' && kind.hasStatus)) return this.#subresource(request);
    if (name === undefined) return this.#collection(request);
    if (method === 'GET') return { code: 200, body: getObject(this.#store, request) };
    if (method === 'PUT') return { code: 200, body: this.#update(request, () => bodyOf(request)) };
    if (method === 'DELETE') return this.#delete(request);
    if (method !== 'PATCH') throw methodNotAllowed();
    const patched = (current: KubeObject) => applyPatch(current, request.body, request.contentType);
    return { code: 200, body: this.#update(request, patched) };
  }

  #collection(request: ApiRequest): Answer {
    const { method, kind, namespace, query } = request;
    if (method === 'GET') return { code: 200, body: listObjects(this.#store, request) };
    if (method === 'POST') {
      const isDryRun = query.has('dryRun');
      return { code: 201, body: createObject(this.#store, kind, bodyOf(request), { namespace, isDryRun }) };
    }
    if (method !== 'DELETE') throw methodNotAllowed();
    const items = this.#store.list(kind, namespace).filter(selectionOf(request));
    for (const object of items) deleteObject(this.#store, kind, object, optionsOf(request));
    return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
  }

  #update(request: ApiRequest, change: (current: KubeObject) => Json): KubeObject {
    const { kind, subresource, query } = request;
    const current = this.#current(request);
    return updateObject(this.#store, kind, current, change(current), { subresource, isDryRun: query.has('dryRun') });
  }

  #delete(request: ApiRequest): Answer {
    const { kind } = request;
    const { object, isGone } = deleteObject(this.#store, kind, this.#current(request), optionsOf(request));
    if (!isGone || kind.isGraceful === true) return { code: 200, body: object };
    const details = { name: object.metadata.name, kind: kind.plural, uid: object.metadata.uid };
    return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
  }

  #subresource(request: ApiRequest): Answer {
    const { method, kind, subresource, body } = request;
    const what = `${kind.plural}/${subresource}`;
    if (method !== 'POST' || !isJson(body) || !['pods/binding', 'serviceaccounts/token'].includes(what))
      throw noSuchPath();
    const object = this.#current(request);
    if (what === 'serviceaccounts/token') {
      return { code: 201, body: requestToken(this.#store, object, body, this.#tokens) };
    }
    bindPod(this.#store, object, textAt(body, 'target.name'));
    return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
  }

  #current({ kind, namespace, name = '' }: ApiRequest): KubeObject {
    const object = this.#store.get(kind, namespace, name);
    if (object === undefined) throw notFound(kind, name);
    return object;
  }
}

/** DeleteOptions come in the body, or some of them in the query. */
function optionsOf({ body, query }: ApiRequest): Json {
  const grace = query.get('gracePeriodSeconds');
  const inQuery = { ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }) };
  return { ...inQuery, ...(isJson(body) ? body : {}), ...(query.has('dryRun') ? { dryRun: ['All'] } : {}) };
}
