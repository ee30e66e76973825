import {
  type ConfigMap,
  configMaps,
  type KubeClient,
  Reflector,
  type ReflectorTrouble,
  type ResourceType,
  type Secret,
  type Sleep,
  secrets,
} from '@interlink/kube';

/** A ConfigMap or Secret that a pod refers to. */
export interface WatchedObject {
  readonly kind: 'ConfigMap' | 'Secret';
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
    const isWanted = [...watch.users.values()].some(({ untilImmutable }) => !(untilImmutable && watch.isImmutable));
    if (!isWanted) {
      watch.stop?.abort();
      watch.stop = undefined;
    } else if (watch.stop === undefined && !lifetime.aborted) {
      watch.stop = new AbortController();
      const { signal } = watch.stop;
      const reflector =
        watch.object.kind === 'ConfigMap' ? this.#reflect(configMaps, watch) : this.#reflect(secrets, watch);
      const running = reflector.run(signal).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  #reflect<T extends ConfigMap | Secret>(type: ResourceType<T>, watch: Watch): Reflector<T> {
    const { client, onTrouble, sleep } = this.#options;
    const { object } = watch;
    const reflector: Reflector<T> = new Reflector<T>({
      client,
      type,
      path: { namespace: object.namespace },
      fieldSelector: `metadata.name=${object.name}`,
      onAdd: (seen) => this.#change(watch, seen),
      onUpdate: (_before, seen) => this.#change(watch, seen),
      onDelete: () => this.#change(watch, undefined),
      onSynced: () => {
        if (reflector.size === 0) this.#change(watch, undefined);
      },
      onTrouble: (err, context) => onTrouble?.(err, object, context),
      ...(sleep === undefined ? {} : { sleep }),
    });
    return reflector;
  }

  #change(watch: Watch, seen: ConfigMap | Secret | undefined): void {
    const version = seen?.metadata?.resourceVersion;
    if (watch.isKnown && version === watch.version) return;
    const isNews = watch.isKnown || version !== undefined;
    Object.assign(watch, { version, isKnown: true, isImmutable: seen?.immutable === true });
    if (isNews) this.#options.forget(watch.object);
    for (const user of [...watch.users.values()]) user.onChange(watch.object, version);
    this.#settle(watch);
  }
}

/** One text per object. */
export function keyOf({ kind, namespace, name }: WatchedObject): string {
  return `${kind}/${namespace}/${name}`;
}

function newWatch(object: WatchedObject): Watch {
  return { object, users: new Map(), version: undefined, isKnown: false, isImmutable: false, stop: undefined };
}
