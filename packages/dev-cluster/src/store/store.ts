import { ApiError } from '../api-error.ts';
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../object.ts';

/** A change of one object: created without `before`, deleted without `after`. */
export interface Change {
  readonly version: number;
  readonly kind: Kind;
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

/** Changes that are remembered for those who resume a watch; who asks for older ones gets 410 Gone. */
const defaultHistory = 5_000;

/** All objects, in memory, under one counter of versions. Everything happens at once: there is nothing to lock. */
export class Store {
  readonly #objects = new Map<Kind, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #historySize: number;
  #history: Change[] = [];
  /** Of the newest change. */
  version = 1;

  constructor(historySize = defaultHistory) {
    this.#historySize = historySize;
  }

  get(kind: Kind, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#objects.get(kind)?.get(`${namespace ?? ''}/${name}`);
  }

  /** In the order of namespaces and names. */
  list(kind: Kind, namespace?: string): KubeObject[] {
    return [...(this.#objects.get(kind) ?? [])]
      .filter(([, { metadata }]) => namespace === undefined || metadata.namespace === namespace)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** Stores an object, new or changed, under a version of its own. @returns it as it is stored */
  put(kind: Kind, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const before = this.get(kind, namespace, name);
    const after = this.#stamp(object);
    const objects = this.#objects.get(kind) ?? new Map<string, KubeObject>();
    this.#objects.set(kind, objects.set(`${namespace ?? ''}/${name}`, after));
    this.#tell({ version: this.version, kind, after, ...(before === undefined ? {} : { before }) });
    return after;
  }

  /** @returns the object as its watchers see it go */
  remove(kind: Kind, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    this.#objects.get(kind)?.delete(`${namespace ?? ''}/${name}`);
    const before = this.#stamp(object);
    this.#tell({ version: this.version, kind, before });
    return before;
  }

  /** Calls `listener` with each change from now on. @returns how to stop it */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What changed after a version. @throws ApiError 410 when that is no longer known */
  changesAfter(version: number): Change[] {
    const oldest = this.#history.length < this.#historySize ? 0 : (this.#history[0]?.version ?? 0) - 1;
    if (version < oldest) throw new ApiError(410, `too old resource version: ${version} (${oldest})`);
    return this.#history.filter((change) => change.version > version);
  }

  #stamp(object: KubeObject): KubeObject {
    this.version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
  }

  #tell(change: Change): void {
    this.#history.push(change);
    // Cut seldom: each cut copies what stays.
    if (this.#history.length > 2 * this.#historySize) this.#history = this.#history.slice(-this.#historySize);
    for (const listener of [...this.#listeners]) listener(change);
  }
}
