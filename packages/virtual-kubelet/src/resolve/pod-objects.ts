import {
  type ClusterTrustBundle,
  type ConfigMap,
  KubeStatusError,
  KubeTransportError,
  type PersistentVolumeClaim,
  type Secret,
} from '@interlink/kube';
import type { ObjectReader } from './object-reader.ts';
import { keyOf } from './object-watches.ts';
import { type MissingObject, type ResolveNotice, Unresolvable } from './resolve-error.ts';
import { allTrustBundles, trustBundlesVersion } from './trust-bundles.ts';

/** Where a pod refers to a ConfigMap or Secret. */
export interface Reference {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  optional: boolean;
}

type KindObject<K extends Reference['kind']> = K extends 'ConfigMap' ? ConfigMap : Secret;

/**
 * The objects that one pod refers to, each read at most once: all of a pod's containers and volumes see the same version.
 * Errors are worded as the kubelet words them, event reasons beside them are Virtual Kubelet's.
 */
export class PodObjects {
  readonly namespace: string;
  /** `metadata.resourceVersion` of what was read, by {@link keyOf}; undefined: there was no object. */
  readonly versions = new Map<string, string | undefined>();
  readonly #reader: ObjectReader;
  readonly #signal: AbortSignal;
  readonly #reads = new Map<string, Promise<ConfigMap | Secret | undefined>>();

  constructor(reader: ObjectReader, namespace: string, signal: AbortSignal) {
    this.#reader = reader;
    this.namespace = namespace;
    this.#signal = signal;
  }

  /**
   * @returns undefined when there is no such object and it is optional
   * @throws Unresolvable when there is none and it is mandatory, or when it cannot be read: what is optional may be absent, but what
   * is there must not be lost because the API server had a bad moment
   */
  async find<K extends Reference['kind']>(
    kind: K,
    reference: { name: string; optional: boolean },
  ): Promise<KindObject<K> | undefined> {
    const { name, optional } = reference;
    const word = kind.toLowerCase();
    let object: ConfigMap | Secret | undefined;
    try {
      object = await this.#read(kind, name);
    } catch (err) {
      const reason = `FailedToRead${optional ? 'Optional' : 'Mandatory'}${kind}`;
      const notice = warning(reason, `failed to read ${word} ${quote(name)}`);
      throw new Unresolvable(`failed to fetch ${word} ${quote(name)}: ${refusal(err)}`, [notice], [], true);
    }
    this.versions.set(keyOf({ kind, namespace: this.namespace, name }), object?.metadata?.resourceVersion);
    if (object !== undefined || optional) return object as KindObject<K> | undefined;
    const message = `${word} ${quote(name)} not found`;
    throw new Unresolvable(message, [warning(`Mandatory${kind}NotFound`, message)], [this.missing({ kind, name })]);
  }

  /** A claim of the pod's. @throws Unresolvable when there is none, or when it cannot be read */
  async claim(name: string): Promise<PersistentVolumeClaim> {
    let claim: PersistentVolumeClaim | undefined;
    try {
      claim = await this.#reader.claim(this.namespace, name, this.#signal);
    } catch (err) {
      throw new Unresolvable(`failed to fetch persistentvolumeclaim ${quote(name)}: ${refusal(err)}`, [], [], true);
    }
    if (claim === undefined) throw new Unresolvable(`persistentvolumeclaim ${quote(name)} not found`);
    return claim;
  }

  /** All ClusterTrustBundles; undefined: the API server does not have them. @throws Unresolvable when they cannot be read */
  async trustBundles(): Promise<ClusterTrustBundle[] | undefined> {
    try {
      const bundles = await this.#reader.trustBundles(this.#signal);
      if (bundles !== undefined) this.versions.set(keyOf(allTrustBundles), trustBundlesVersion(bundles));
      return bundles;
    } catch (err) {
      throw new Unresolvable(`while getting ClusterTrustBundle: ${refusal(err)}`, [], [], true);
    }
  }

  /** What to watch for when a reference cannot be resolved. */
  missing({ kind, name }: { kind: Reference['kind']; name: string }, object?: ConfigMap | Secret): MissingObject {
    const seen = object?.metadata?.resourceVersion;
    return { kind, namespace: this.namespace, name, ...(seen === undefined ? {} : { seen }) };
  }

  #read(kind: Reference['kind'], name: string): Promise<ConfigMap | Secret | undefined> {
    const key = `${kind}/${name}`;
    const reading =
      this.#reads.get(key) ??
      (kind === 'ConfigMap'
        ? this.#reader.configMap(this.namespace, name, this.#signal)
        : this.#reader.secret(this.namespace, name, this.#signal));
    this.#reads.set(key, reading);
    return reading;
  }
}

/** A `Warning` notice. */
export function warning(reason: string, message: string): ResolveNotice {
  return { type: 'Warning', reason, message };
}

/** A name in double quotes, as Go's `%q`. */
export function quote(name: string): string {
  return JSON.stringify(name);
}

/**
 * Why the API gave no answer, in the server's own words.
 * @throws the error itself when it did not come from the API: an abort, or a fault of ours
 */
export function refusal(err: unknown): string {
  if (err instanceof KubeStatusError) return err.status?.message ?? err.message;
  if (err instanceof KubeTransportError) return err.message;
  throw err;
}
