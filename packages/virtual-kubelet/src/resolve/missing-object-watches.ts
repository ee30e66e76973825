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
import type { MissingObject } from './resolve-error.ts';

export interface MissingObjectWatchesOptions {
  client: Pick<KubeClient, 'list' | 'watch'>;
  /** Told of each change before the pods are, so that their retry does not read what it read before: `KubeObjectReader.forget`. */
  forget(object: MissingObject): void;
  /** Told of every error; the watch carries on by itself. */
  onTrouble?(err: Error, object: MissingObject, context: ReflectorTrouble): void;
  sleep?: Sleep;
}

interface Waiter {
  /** Version that the pod read, and found wanting; undefined: no object. */
  seen: string | undefined;
  /** Version that the pod was told of last. */
  told: string | undefined;
  onAppear: (uid: string) => void;
}

interface ObjectWatch {
  readonly object: MissingObject;
  readonly waiters: Map<string, Waiter>;
  /** Version that is there now. */
  current: string | undefined;
  stop: AbortController | undefined;
}

/**
 * Watches the ConfigMaps and Secrets that pods wait for, each by its name alone, so that a node needs no right to all of them. An
 * object is watched once however many pods wait for it, and no longer than one does. Watches live inside `run`.
 */
export class MissingObjectWatches {
  readonly #options: MissingObjectWatchesOptions;
  readonly #watches = new Map<string, ObjectWatch>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(options: MissingObjectWatchesOptions) {
    this.#options = options;
  }

  /** How many objects are waited for. */
  get size(): number {
    return this.#watches.size;
  }

  /**
   * From now on the pod waits for these objects, and for no others. `onAppear` is called, later and once per change, when one of
   * them is there in a version that the pod has neither seen nor been told of; it must not throw. May be called before `run`.
   */
  wait(uid: string, missing: readonly MissingObject[], onAppear: (uid: string) => void): void {
    const wanted = new Map(missing.map((object) => [keyOf(object), object]));
    for (const [key, watch] of this.#watches) if (!wanted.has(key)) this.#leave(uid, key, watch);
    for (const [key, object] of wanted) {
      const watch = this.#watches.get(key) ?? this.#open(key, object);
      const told = watch.waiters.get(uid)?.told;
      watch.waiters.set(uid, { seen: object.seen, told, onAppear });
      queueMicrotask(() => this.#tell(watch, uid));
    }
  }

  /** The pod waits no more. */
  release(uid: string): void {
    for (const [key, watch] of this.#watches) this.#leave(uid, key, watch);
  }

  /** Watches until aborted, and returns when all watches have ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const watch of this.#watches.values()) this.#start(watch, signal);
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    for (const watch of this.#watches.values()) watch.stop?.abort();
    this.#watches.clear();
    await Promise.all(this.#running);
  }

  #open(key: string, object: MissingObject): ObjectWatch {
    const watch: ObjectWatch = { object, waiters: new Map(), current: undefined, stop: undefined };
    if (this.#signal?.aborted === true) return watch;
    this.#watches.set(key, watch);
    if (this.#signal !== undefined) this.#start(watch, this.#signal);
    return watch;
  }

  #leave(uid: string, key: string, watch: ObjectWatch): void {
    watch.waiters.delete(uid);
    if (watch.waiters.size > 0) return;
    this.#watches.delete(key);
    watch.stop?.abort();
  }

  #start(watch: ObjectWatch, lifetime: AbortSignal): void {
    if (lifetime.aborted) return;
    const stop = new AbortController();
    watch.stop = stop;
    const { object } = watch;
    const reflect = object.kind === 'ConfigMap' ? this.#reflector(configMaps, watch) : this.#reflector(secrets, watch);
    const running = reflect.run(stop.signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #reflector<T extends ConfigMap | Secret>(type: ResourceType<T>, watch: ObjectWatch): Reflector<T> {
    const { client, onTrouble, sleep } = this.#options;
    const { object } = watch;
    return new Reflector<T>({
      client,
      type,
      path: { namespace: object.namespace },
      fieldSelector: `metadata.name=${object.name}`,
      onAdd: (seen) => this.#change(watch, seen.metadata?.resourceVersion),
      onUpdate: (_before, seen) => this.#change(watch, seen.metadata?.resourceVersion),
      onDelete: () => this.#change(watch, undefined),
      onTrouble: (err, context) => onTrouble?.(err, object, context),
      ...(sleep === undefined ? {} : { sleep }),
    });
  }

  #change(watch: ObjectWatch, version: string | undefined): void {
    watch.current = version;
    this.#options.forget(watch.object);
    for (const uid of [...watch.waiters.keys()]) this.#tell(watch, uid);
  }

  #tell(watch: ObjectWatch, uid: string): void {
    const waiter = watch.waiters.get(uid);
    const { current } = watch;
    if (waiter === undefined || current === undefined) return;
    if (current === waiter.seen || current === waiter.told) return;
    waiter.told = current;
    waiter.onAppear(uid);
  }
}

function keyOf({ kind, namespace, name }: MissingObject): string {
  return `${kind}/${namespace}/${name}`;
}
