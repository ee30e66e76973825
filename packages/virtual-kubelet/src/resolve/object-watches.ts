import {
  type ClusterTrustBundle,
  type ConfigMap,
  configMaps,
  type KubeClient,
  type KubeObject,
  Reflector,
  type ReflectorOptions,
  type ReflectorTrouble,
  type ResourceType,
  type Secret,
  type Sleep,
  secrets,
} from '@interlink/kube';
import { trustBundlesVersion } from './trust-bundles.ts';

/** A ConfigMap or Secret that a pod refers to, or all ClusterTrustBundles together ({@link allTrustBundles}). */
export interface WatchedObject {
  readonly kind: 'ConfigMap' | 'Secret' | 'ClusterTrustBundle';
  readonly namespace: string;
  readonly name: string;
}

/** Who wants to know of changes. */
export interface ObjectUser {
  /**
   * Told, later and never from within `use`, what is there once that is known, and of each change. The version is
   * `metadata.resourceVersion`; undefined: no object. Must not throw.
   */
  onChange(object: WatchedObject, version: string | undefined): void;
  /** Whether one that says `immutable: true` need not be watched on: the content can't change, though the object may be replaced. */
  readonly untilImmutable: boolean;
}

export interface ObjectWatchesOptions {
  client: Pick<KubeClient, 'list' | 'watch'>;
  /** Told of each change before the users are, so that they don't read what was read before: `KubeObjectReader.forget`. */
  forget(object: WatchedObject): void;
  /** Where ClusterTrustBundles are; undefined: the API server has none. */
  trustBundleType?(signal: AbortSignal): Promise<ResourceType<ClusterTrustBundle> | undefined>;
  /** Told of every error; the watch carries on by itself. */
  onTrouble?(err: Error, object: WatchedObject, context: ReflectorTrouble): void;
  sleep?: Sleep;
}

interface Watch {
  readonly object: WatchedObject;
  readonly users: Map<string, ObjectUser>;
  /** Version that is there; undefined: none. */
  version: string | undefined;
  isKnown: boolean;
  isImmutable: boolean;
  stop: AbortController | undefined;
}

/**
 * Watches ConfigMaps and Secrets, each by its name alone, so that a node needs no right to all of them. An object is watched once
 * however many use it, and no longer than one does. Watches live inside `run`.
 */
export class ObjectWatches {
  readonly #options: ObjectWatchesOptions;
  readonly #watches = new Map<string, Watch>();
  readonly #keysOf = new Map<string, ReadonlySet<string>>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(options: ObjectWatchesOptions) {
    this.#options = options;
  }

  /** How many objects somebody uses. */
  get size(): number {
    return this.#watches.size;
  }

  /** From now on `id` uses these objects, and no others. May be called before `run`. */
  use(id: string, objects: Iterable<WatchedObject>, user: ObjectUser): void {
    if (this.#signal?.aborted === true) return;
    const wanted = new Map(Array.from(objects, (object) => [keyOf(object), object]));
    for (const key of this.#keysOf.get(id) ?? []) if (!wanted.has(key)) this.#leave(id, key);
    if (wanted.size === 0) this.#keysOf.delete(id);
    else this.#keysOf.set(id, new Set(wanted.keys()));
    for (const [key, object] of wanted) {
      const watch = this.#watches.get(key) ?? newWatch(object);
      this.#watches.set(key, watch);
      watch.users.set(id, user);
      this.#settle(watch);
      if (watch.isKnown) queueMicrotask(() => watch.users.get(id)?.onChange(object, watch.version));
    }
  }

  /** `id` uses nothing any more. */
  release(id: string): void {
    for (const key of this.#keysOf.get(id) ?? []) this.#leave(id, key);
    this.#keysOf.delete(id);
  }

  /** Watches until aborted, and returns when all watches have ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const watch of this.#watches.values()) this.#settle(watch);
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    for (const { stop } of this.#watches.values()) stop?.abort();
    this.#watches.clear();
    this.#keysOf.clear();
    await Promise.all(this.#running);
  }

  #leave(id: string, key: string): void {
    const watch = this.#watches.get(key);
    if (watch === undefined) return;
    watch.users.delete(id);
    if (watch.users.size === 0) this.#watches.delete(key);
    this.#settle(watch);
  }

  /** Starts or stops the watch itself, as its users and its object want it. */
  #settle(watch: Watch): void {
    const lifetime = this.#signal;
    if (lifetime === undefined) return;
    // Lazily: there may be thousands, and the first decides.
    const isWanted = watch.users.values().some(({ untilImmutable }) => !(untilImmutable && watch.isImmutable));
    if (!isWanted) {
      watch.stop?.abort();
      watch.stop = undefined;
    } else if (watch.stop === undefined && !lifetime.aborted) {
      watch.stop = new AbortController();
      const { signal } = watch.stop;
      const running = this.#reflect(watch, signal).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #reflect(watch: Watch, signal: AbortSignal): Promise<void> {
    const { kind, namespace, name } = watch.object;
    const named = { path: { namespace }, fieldSelector: `metadata.name=${name}` };
    if (kind === 'ConfigMap') await this.#reflector(watch, { type: configMaps, ...named }).run(signal);
    else if (kind === 'Secret') await this.#reflector(watch, { type: secrets, ...named }).run(signal);
    else await this.#reflectTrustBundles(watch, signal);
  }

  async #reflectTrustBundles(watch: Watch, signal: AbortSignal): Promise<void> {
    try {
      const type = await this.#options.trustBundleType?.(signal);
      if (type !== undefined) await this.#reflector(watch, { type }).run(signal);
    } catch (error) {
      // The pods in need of it are tried again, and with them this.
      watch.stop = undefined;
      if (!signal.aborted && error instanceof Error) this.#options.onTrouble?.(error, watch.object, 'list');
    }
  }

  #reflector<T extends ConfigMap | Secret | ClusterTrustBundle>(
    watch: Watch,
    where: Pick<ReflectorOptions<T>, 'type' | 'path' | 'fieldSelector'>,
  ): Reflector<T> {
    const { client, onTrouble, sleep } = this.#options;
    let isSynced = false;
    const look = () => {
      if (isSynced) this.#change(watch, [...reflector.values()]);
    };
    const reflector: Reflector<T> = new Reflector<T>({
      client,
      ...where,
      onAdd: look,
      onUpdate: look,
      onDelete: look,
      onSynced: () => {
        isSynced = true;
        look();
      },
      onTrouble: (err, context) => onTrouble?.(err, watch.object, context),
      ...(sleep === undefined ? {} : { sleep }),
    });
    return reflector;
  }

  #change(watch: Watch, found: ReadonlyArray<ConfigMap | Secret | ClusterTrustBundle>): void {
    const version = versionOf(watch.object, found);
    if (watch.isKnown && version === watch.version) return;
    const isNews = watch.isKnown || version !== undefined;
    const isImmutable = found.some((object) => 'immutable' in object && object.immutable === true);
    Object.assign(watch, { version, isKnown: true, isImmutable });
    if (isNews) this.#options.forget(watch.object);
    for (const user of [...watch.users.values()]) user.onChange(watch.object, version);
    this.#settle(watch);
  }
}

function versionOf({ kind }: WatchedObject, found: ReadonlyArray<KubeObject>): string | undefined {
  return kind === 'ClusterTrustBundle'
    ? trustBundlesVersion(found as ReadonlyArray<ClusterTrustBundle>)
    : found[0]?.metadata?.resourceVersion;
}

/** One text per object. */
export function keyOf({ kind, namespace, name }: WatchedObject): string {
  return `${kind}/${namespace}/${name}`;
}

function newWatch(object: WatchedObject): Watch {
  return { object, users: new Map(), version: undefined, isKnown: false, isImmutable: false, stop: undefined };
}
