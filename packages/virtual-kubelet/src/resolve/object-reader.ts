import {
  type ClusterTrustBundle,
  type ConfigMap,
  configMaps,
  isNotFound,
  type KubeClient,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  type ResourceType,
  type Secret,
  secrets,
  serviceAccountTokens,
  type TokenRequest,
} from '@interlink/kube';
import type { WatchedObject } from './object-watches.ts';
import { type IssuedToken, type PodTokenRequest, PodTokens, type PodTokensOptions } from './pod-tokens.ts';
import { SharedReads, type SharedReadsOptions } from './shared-reads.ts';
import { TrustBundles } from './trust-bundles.ts';

/** What the resolution of pods reads from the Kubernetes API. All methods reject with the client's errors, and with the signal's reason. */
export interface ObjectReader {
  /** @returns undefined when there is no such ConfigMap. */
  configMap(namespace: string, name: string, signal: AbortSignal): Promise<ConfigMap | undefined>;
  /** @returns undefined when there is no such Secret. */
  secret(namespace: string, name: string, signal: AbortSignal): Promise<Secret | undefined>;
  /** @returns undefined when there is no such PersistentVolumeClaim. */
  claim(namespace: string, name: string, signal: AbortSignal): Promise<PersistentVolumeClaim | undefined>;
  /** @returns undefined when the API server has no ClusterTrustBundles. */
  trustBundles(signal: AbortSignal): Promise<ClusterTrustBundle[] | undefined>;
  /** A valid token: the pod's own from before, or a new one when it is time. */
  serviceAccountToken(
    namespace: string,
    serviceAccount: string,
    request: PodTokenRequest,
    signal: AbortSignal,
  ): Promise<string>;
}

export type KubeObjectReaderOptions = SharedReadsOptions & Pick<PodTokensOptions, 'now' | 'random'>;

/**
 * Reads by GET of one object, so that a node needs no right to list Secrets. Readers of the same object share one GET while it is
 * in flight and for a second after: 500 pods of one ConfigMap are not 500 requests. That there is no object is never remembered.
 */
export class KubeObjectReader implements ObjectReader {
  readonly #client: Pick<KubeClient, 'get' | 'create' | 'list'>;
  readonly #configMaps: SharedReads<ConfigMap>;
  readonly #secrets: SharedReads<Secret>;

  /** The tokens of pods that were asked for here. */
  readonly tokens: PodTokens;
  readonly #trustBundles: TrustBundles;

  constructor(client: Pick<KubeClient, 'get' | 'create' | 'list'>, options: KubeObjectReaderOptions = {}) {
    this.#client = client;
    this.tokens = new PodTokens({ ...options, issue: (...args) => this.#issueToken(...args) });
    this.#configMaps = new SharedReads(options);
    this.#secrets = new SharedReads(options);
    this.#trustBundles = new TrustBundles(client, options);
  }

  configMap(namespace: string, name: string, signal: AbortSignal): Promise<ConfigMap | undefined> {
    const read = (shared: AbortSignal) => this.#client.get(configMaps, { namespace, name }, { signal: shared });
    return this.#configMaps.read(`${namespace}/${name}`, (shared) => undefinedWhenNotFound(read(shared)), signal);
  }

  secret(namespace: string, name: string, signal: AbortSignal): Promise<Secret | undefined> {
    const read = (shared: AbortSignal) => this.#client.get(secrets, { namespace, name }, { signal: shared });
    return this.#secrets.read(`${namespace}/${name}`, (shared) => undefinedWhenNotFound(read(shared)), signal);
  }

  claim(namespace: string, name: string, signal: AbortSignal): Promise<PersistentVolumeClaim | undefined> {
    return undefinedWhenNotFound(this.#client.get(persistentVolumeClaims, { namespace, name }, { signal }));
  }

  serviceAccountToken(
    namespace: string,
    serviceAccount: string,
    request: PodTokenRequest,
    signal: AbortSignal,
  ): Promise<string> {
    return this.tokens.get(namespace, serviceAccount, request, signal);
  }

  async trustBundles(signal: AbortSignal): Promise<ClusterTrustBundle[] | undefined> {
    return (await this.#trustBundles.read(signal))?.items;
  }

  /** Where ClusterTrustBundles are to be watched. @returns undefined when the API server has none */
  async trustBundleType(signal: AbortSignal): Promise<ResourceType<ClusterTrustBundle> | undefined> {
    return (await this.#trustBundles.read(signal))?.type;
  }

  /** What is known of the object is out of date: the next reader asks the API server anew. */
  forget({ kind, namespace, name }: WatchedObject): void {
    if (kind === 'ClusterTrustBundle') this.#trustBundles.forget();
    else (kind === 'ConfigMap' ? this.#configMaps : this.#secrets).forget(`${namespace}/${name}`);
  }

  async #issueToken(
    namespace: string,
    serviceAccount: string,
    { audiences, expirationSeconds, pod }: PodTokenRequest,
    signal: AbortSignal,
  ): Promise<IssuedToken> {
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
    return { token, lifetimeMs: tokenLifetimeMs(answer) };
  }
}

/** How long a token is valid. Both times are the API server's, so that it does not matter how far its clock is from ours. */
export function tokenLifetimeMs({ metadata, spec, status }: TokenRequest): number {
  const issuedAtMs = Date.parse(metadata?.creationTimestamp ?? '');
  const lifetimeMs = Date.parse(status?.expirationTimestamp ?? '') - issuedAtMs;
  return lifetimeMs > 0 ? lifetimeMs : (spec?.expirationSeconds ?? 3_600) * 1_000;
}

async function undefinedWhenNotFound<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
