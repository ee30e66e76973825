import { Backoff } from '../backoff.ts';
import type { KubeClient } from '../client/kube-client.ts';
import { isGone, KubeStatusError, KubeTransportError } from '../client/kube-errors.ts';
import type { ResourceType } from '../resource-type.ts';
import { type Sleep, sleep } from '../sleep.ts';
import type { KubeObject } from '../types.ts';
import { ObjectStore, type StoreListener } from './object-store.ts';

/** What was being done when trouble came. */
export type ReflectorTrouble = 'list' | 'watch' | 'callback';

export interface ReflectorOptions<T extends KubeObject> extends StoreListener<T> {
  client: Pick<KubeClient, 'list' | 'watch'>;
  type: ResourceType<T>;
  /** Default: all namespaces. */
  path?: { namespace?: string };
  fieldSelector?: string;
  labelSelector?: string;
  /** What `get` finds an object by. Default `metadata.uid`. */
  keyOf?: (object: T) => string;
  /** What is kept of each object, and given to callbacks; for fields that nobody needs and that take memory. Default: all of it. */
  transform?(object: T): T;
  /** Called after each complete list, when the callbacks of all its differences were called. */
  onSynced?(): void;
  /** Told of every error; the reflector carries on by itself. */
  onTrouble?(err: Error, context: ReflectorTrouble): void;
  /** A watch on which nothing comes for this long, in milliseconds, is made anew. Default 150,000; the server sends a bookmark a minute. */
  idleTimeoutMs?: number;
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: () => number;
  sleep?: Sleep;
  /** A clock in milliseconds. Default `performance.now`. */
  now?: () => number;
}

/** A watch that ended sooner than this, in milliseconds, with nothing on it counts as trouble. */
const VERY_SHORT_WATCH_MS = 1_000;

/**
 * Keeps a copy of a collection up to date: list, watch, and list again when the watch cannot go on.
 * The rules are those of client-go's reflector.
 */
export class Reflector<T extends KubeObject> {
  /** Resolved after the first complete list. */
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions<T>;
  readonly #store: ObjectStore<T>;
  readonly #backoff: Backoff;
  readonly #now: () => number;
  readonly #markSynced: () => void;
  /** Where the watch goes on; undefined: list first. */
  #resourceVersion: string | undefined;
  /**
   * How new the next list must be: `"0"`, any version, at the start; later at least as new as what was seen, so that time never
   * runs backwards; empty, the newest, once the server said that this is too old.
   */
  #listVersion = '0';

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#markSynced = resolve;
    this.#backoff = new Backoff({
      baseMs: 800,
      maxMs: 30_000,
      resetAfterMs: 120_000,
      random: options.random ?? Math.random,
      now: this.#now,
    });
    this.#store = new ObjectStore(options.keyOf ?? ((object) => object.metadata?.uid ?? ''), {
      onAdd: (object) => this.#tell(() => options.onAdd?.(object)),
      onUpdate: (before, after) => this.#tell(() => options.onUpdate?.(before, after)),
      onDelete: (last) => this.#tell(() => options.onDelete?.(last)),
    });
  }

  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  values(): IterableIterator<T> {
    return this.#store.values();
  }

  get size(): number {
    return this.#store.size;
  }

  /** Runs until aborted. Never rejects: errors go to `onTrouble`. */
  async run(signal: AbortSignal): Promise<void> {
    const wait = this.#options.sleep ?? sleep;
    while (!signal.aborted) {
      const context = this.#resourceVersion === undefined ? 'list' : 'watch';
      try {
        if (context === 'list') await this.#list(signal);
        else await this.#watch(this.#resourceVersion ?? '', signal);
      } catch (err) {
        if (signal.aborted) return;
        this.#report(err, context);
        this.#chooseNext(err, context);
        await wait(this.#backoff.next(), signal).catch(() => undefined);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, type, path = {}, fieldSelector, labelSelector } = this.#options;
    const resourceVersion = this.#listVersion;
    const list = await client.list(type, path, { resourceVersion, fieldSelector, labelSelector, signal });
    const { transform } = this.#options;
    this.#store.replaceAll(transform === undefined ? list.items : list.items.map((object) => transform(object)));
    this.#resourceVersion = list.metadata.resourceVersion ?? '0';
    this.#markSynced();
    this.#tell(() => this.#options.onSynced?.());
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const {
      client,
      type,
      path = {},
      fieldSelector,
      labelSelector,
      idleTimeoutMs,
      random = Math.random,
    } = this.#options;
    const timeoutSeconds = Math.floor(300 + 300 * random());
    const watch = { resourceVersion, fieldSelector, labelSelector, timeoutSeconds, idleTimeoutMs, signal };
    const startedAt = this.#now();
    let events = 0;
    for await (const { type: change, object } of client.watch(type, path, watch)) {
      events += 1;
      if (change === 'DELETED') this.#store.delete(object);
      else if (change !== 'BOOKMARK') this.#store.set(this.#options.transform?.(object) ?? object);
      this.#resourceVersion = object.metadata?.resourceVersion ?? this.#resourceVersion;
    }
    if (events === 0 && this.#now() - startedAt < VERY_SHORT_WATCH_MS && !signal.aborted) {
      throw new KubeTransportError(
        `watch ${type.resource}`,
        'connection',
        'the server ended the watch at once, without an event',
      );
    }
  }

  /** Decides where to go on after an error: with the same watch, or with a list. */
  #chooseNext(err: unknown, context: ReflectorTrouble): void {
    if (isTooOld(err)) {
      // A list of any version may be as old as what we have: ask for the newest.
      this.#resourceVersion = undefined;
      this.#listVersion = '';
    } else if (context === 'watch' && !mayWatchAgain(err)) {
      this.#listVersion = this.#resourceVersion ?? '0';
      this.#resourceVersion = undefined;
    }
  }

  #tell(callback: () => void): void {
    try {
      callback();
    } catch (err) {
      this.#report(err, 'callback');
    }
  }

  #report(err: unknown, context: ReflectorTrouble): void {
    try {
      this.#options.onTrouble?.(err instanceof Error ? err : new Error(String(err)), context);
    } catch {
      // There is nobody left to tell.
    }
  }
}

function isTooOld(err: unknown): boolean {
  if (isGone(err)) return true;
  return (
    err instanceof KubeStatusError &&
    (err.status?.details?.causes ?? []).some(({ reason }) => reason === 'ResourceVersionTooLarge')
  );
}

/** Whether the watch may go on where it was, without a list. client-go: connection errors, 429, and 5xx that ask for a retry. */
function mayWatchAgain(err: unknown): boolean {
  if (err instanceof KubeTransportError) return true;
  return (
    err instanceof KubeStatusError && (err.code === 429 || (err.code >= 500 && err.retryAfterSeconds !== undefined))
  );
}
