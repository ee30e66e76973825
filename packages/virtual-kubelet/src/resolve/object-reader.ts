import {
  type ConfigMap,
  configMaps,
  isNotFound,
  type KubeClient,
  type Secret,
  secrets,
  serviceAccountTokens,
} from '@interlink/kube';
import type { MissingObject } from './resolve-error.ts';
import { SharedReads, type SharedReadsOptions } from './shared-reads.ts';

/** A token of a service account that ends with the pod. */
export interface PodTokenRequest {
  /** Empty: the API server's own audience. */
  audiences: string[];
  /** Default: the API server's, one hour. */
  expirationSeconds?: number | undefined;
  pod: { name: string; uid: string };
}

/** What the resolution of pods reads from the Kubernetes API. All methods reject with the client's errors, and with the signal's reason. */
export interface ObjectReader {
  /** @returns undefined when there is no such ConfigMap. */
  configMap(namespace: string, name: string, signal: AbortSignal): Promise<ConfigMap | undefined>;
  /** @returns undefined when there is no such Secret. */
  secret(namespace: string, name: string, signal: AbortSignal): Promise<Secret | undefined>;
  /** Asks for a new token, each time. */
  serviceAccountToken(
    namespace: string,
    serviceAccount: string,
    request: PodTokenRequest,
    signal: AbortSignal,
  ): Promise<string>;
}

/**
 * Reads by GET of one object, so that a node needs no right to list Secrets. Readers of the same object share one GET while it is
 * in flight and for a second after: 500 pods of one ConfigMap are not 500 requests. That there is no object is never remembered.
 */
export class KubeObjectReader implements ObjectReader {
  readonly #client: Pick<KubeClient, 'get' | 'create'>;
  readonly #configMaps: SharedReads<ConfigMap>;
  readonly #secrets: SharedReads<Secret>;

  constructor(client: Pick<KubeClient, 'get' | 'create'>, options: SharedReadsOptions = {}) {
    this.#client = client;
    this.#configMaps = new SharedReads(options);
    this.#secrets = new SharedReads(options);
  }

  configMap(namespace: string, name: string, signal: AbortSignal): Promise<ConfigMap | undefined> {
    const read = (shared: AbortSignal) => this.#client.get(configMaps, { namespace, name }, { signal: shared });
    return this.#configMaps.read(`${namespace}/${name}`, (shared) => undefinedWhenNotFound(read(shared)), signal);
  }

  secret(namespace: string, name: string, signal: AbortSignal): Promise<Secret | undefined> {
    const read = (shared: AbortSignal) => this.#client.get(secrets, { namespace, name }, { signal: shared });
    return this.#secrets.read(`${namespace}/${name}`, (shared) => undefinedWhenNotFound(read(shared)), signal);
  }

  async serviceAccountToken(
    namespace: string,
    serviceAccount: string,
    request: PodTokenRequest,
    signal: AbortSignal,
  ): Promise<string> {
    const { audiences, expirationSeconds, pod } = request;
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid };
    const answer = await this.#client.create(
      serviceAccountTokens,
      { namespace, name: serviceAccount, subresource: 'token' },
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences, boundObjectRef, ...(expirationSeconds === undefined ? {} : { expirationSeconds }) },
      },
      { signal },
    );
    const token = answer.status?.token;
    if (token === undefined || token === '') {
      throw new Error(
        `Cannot use the token of service account "${namespace}/${serviceAccount}": the answer holds none`,
      );
    }
    return token;
  }

  /** What is known of the object is out of date: the next reader asks the API server anew. */
  forget({ kind, namespace, name }: MissingObject): void {
    (kind === 'ConfigMap' ? this.#configMaps : this.#secrets).forget(`${namespace}/${name}`);
  }
}

async function undefinedWhenNotFound<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
