import type { ClusterAccess } from '../kubeconfig/cluster-access.ts';
import { type ObjectPath, pods, type ResourceType, resourcePath } from '../resource-type.ts';
import type { KubeObject } from '../types.ts';
import { KubeTransportError } from './kube-errors.ts';
import { type KubeRequest, type RequestObserver, Transport } from './transport.ts';
import { readWatchEvents, type WatchEvent, type WatchOptions, watchQuery } from './watch-events.ts';

export interface KubeClientOptions {
  /** Default `interlink-kube`. */
  userAgent?: string | undefined;
  /** For the whole answer of a request, in milliseconds, per try. Default 30,000. Watches are not bound by it. */
  timeoutMs?: number | undefined;
  /** Most connections for requests. Watches have connections of their own besides. Default 32. */
  connections?: number | undefined;
  /** Called right before each request is written; what it throws is the error of the request, which is not sent then. */
  check?: (() => void) | undefined;
  /** Told of every try of a request, for metrics. Must not throw. */
  onRequest?: RequestObserver | undefined;
}

export interface RequestOptions {
  signal?: AbortSignal | undefined;
}

export interface GetOptions extends RequestOptions {
  /** `"0"`: whatever the API server has in its cache. Default: the newest. */
  resourceVersion?: string | undefined;
}

export interface ListOptions extends RequestOptions {
  fieldSelector?: string | undefined;
  labelSelector?: string | undefined;
  /** `"0"`: whatever the API server has in its cache. Default: the newest. */
  resourceVersion?: string | undefined;
  /** Most items in one answer; the rest is had with `continue`. */
  limit?: number | undefined;
  /** `metadata.continue` of the answer before. */
  continue?: string | undefined;
}

export interface PatchOptions extends RequestOptions {
  kind: 'strategic-merge' | 'merge' | 'json';
}

export interface DeleteOptions extends RequestOptions {
  gracePeriodSeconds?: number | undefined;
  /** Precondition: delete only the object with this UID, else fail with a conflict. */
  uid?: string | undefined;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
}

export interface KubeList<T> {
  apiVersion?: string;
  kind?: string;
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  /** Each with its `apiVersion` and `kind`, which the API leaves out in lists. */
  items: T[];
}

const PATCH_CONTENT_TYPE = {
  'strategic-merge': 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/**
 * The Kubernetes API over one pool of keep-alive connections. There is no rate limit on our side: the API server has its own
 * fairness and says 429, which is obeyed. Requests wait for one another only when all connections are busy; what must never wait
 * (a lease renewal) takes a second `KubeClient` with a connection of its own.
 *
 * All methods throw KubeStatusError when the server refuses, KubeTransportError when there is no usable answer, and the signal's
 * reason when aborted.
 */
export class KubeClient {
  readonly #transport: Transport;

  constructor(access: ClusterAccess, options: KubeClientOptions = {}) {
    this.#transport = new Transport(access, {
      userAgent: options.userAgent ?? 'interlink-kube',
      timeoutMs: options.timeoutMs ?? 30_000,
      connections: options.connections ?? 32,
      check: options.check,
      onRequest: options.onRequest,
    });
  }

  /** Reads one object, or a subresource of it. */
  get<T extends KubeObject>(type: ResourceType<T>, path: ObjectPath, options: GetOptions = {}): Promise<T> {
    const { resourceVersion, signal } = options;
    return this.request({ method: 'GET', path: resourcePath(type, path), query: { resourceVersion }, signal });
  }

  /** Reads a collection, or a page of it when there is a `limit`. */
  async list<T extends KubeObject>(
    type: ResourceType<T>,
    path: ObjectPath,
    options: ListOptions = {},
  ): Promise<KubeList<T>> {
    const { signal, ...query } = options;
    const list = await this.request<KubeList<T>>({
      method: 'GET',
      path: resourcePath(type, path),
      query: { ...query },
      signal,
    });
    const apiVersion = list.apiVersion ?? '';
    const kind = list.kind?.replace(/List$/, '') ?? '';
    // `items` is null in an empty list of some aggregated APIs.
    return { ...list, items: (list.items ?? []).map((item) => ({ apiVersion, kind, ...item })) };
  }

  /** Creates an object in a collection. With a name and a subresource in `path`: creates that subresource (binding, token, eviction). */
  create<T extends KubeObject>(
    type: ResourceType<T>,
    path: ObjectPath,
    object: T,
    options: RequestOptions = {},
  ): Promise<T> {
    const { namespace, name, subresource } = path;
    const target = subresource === undefined ? { namespace } : { namespace, name, subresource };
    return this.request({ method: 'POST', path: resourcePath(type, target), body: object, signal: options.signal });
  }

  /** Replaces an object (PUT). Fails with a conflict when `metadata.resourceVersion` is set and not the newest. */
  replace<T extends KubeObject>(
    type: ResourceType<T>,
    path: ObjectPath,
    object: T,
    options: RequestOptions = {},
  ): Promise<T> {
    return this.request({ method: 'PUT', path: resourcePath(type, path), body: object, signal: options.signal });
  }

  /** Patches an object. Fails when the patch names another `metadata.uid` (`isUidMismatch`) or `resourceVersion` (`isConflict`). */
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    path: ObjectPath,
    patch: object,
    options: PatchOptions,
  ): Promise<T> {
    const contentType = PATCH_CONTENT_TYPE[options.kind];
    return this.request({
      method: 'PATCH',
      path: resourcePath(type, path),
      body: patch,
      contentType,
      signal: options.signal,
    });
  }

  /** Asks for deletion. Resolves when the server accepted; an object with a grace period or finalizers is still there then. */
  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    path: ObjectPath,
    options: DeleteOptions = {},
  ): Promise<void> {
    const { gracePeriodSeconds, uid, propagationPolicy, signal } = options;
    const preconditions = uid === undefined ? undefined : { uid };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds, propagationPolicy, preconditions };
    await this.request({ method: 'DELETE', path: resourcePath(type, path), body, signal });
  }

  /**
   * Follows a collection on a connection of its own, until the server ends it (which it does after `timeoutSeconds`).
   * An ERROR event is thrown as KubeStatusError; silence for `idleTimeoutMs` as KubeTransportError `timeout`.
   */
  watch<T extends KubeObject>(
    type: ResourceType<T>,
    path: ObjectPath,
    options: WatchOptions & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>> {
    const request: KubeRequest = {
      method: 'GET',
      path: resourcePath(type, path),
      query: watchQuery(options),
      signal: options.signal,
    };
    const chunks = this.#transport.stream(request, options.idleTimeoutMs ?? 150_000);
    return readWatchEvents(chunks, `watch ${request.path}`);
  }

  /** A container's log as it is now, as one text: for short ones. */
  readLog(
    path: { namespace: string; name: string },
    options: RequestOptions & { container?: string; tailLines?: number },
  ): Promise<string> {
    const { signal, ...query } = options;
    const log = resourcePath(pods, { ...path, subresource: 'log' });
    return this.#transport.send({ method: 'GET', path: log, query, signal });
  }

  /**
   * Any request, for what has no method here.
   * @returns the answer's JSON, believed to be a `T`; undefined for an empty answer.
   */
  async request<T>(request: KubeRequest): Promise<T> {
    const text = await this.#transport.send(request);
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      const what = `${request.method} ${request.path}`;
      throw new KubeTransportError(what, 'malformed', `the answer of ${text.length} characters is not JSON`);
    }
  }

  /** Ends all watches at once; requests in flight are answered first. */
  close(): Promise<void> {
    return this.#transport.close();
  }
}
