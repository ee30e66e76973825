import type { KubeObject } from '../types.ts';

/** Told of each change of a store, after the store has it. */
export interface StoreListener<T> {
  onAdd?(object: T): void;
  onUpdate?(before: T, after: T): void;
  /** The last that was seen of the object. */
  onDelete?(last: T): void;
}

/** The objects seen last, by key, and what changed from one sight to the next. No input or output. */
export class ObjectStore<T extends KubeObject> {
  readonly #byKey = new Map<string, T>();
  readonly #keyOf: (object: T) => string;
  readonly #listener: StoreListener<T>;

  constructor(keyOf: (object: T) => string, listener: StoreListener<T>) {
    this.#keyOf = keyOf;
    this.#listener = listener;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  values(): MapIterator<T> {
    return this.#byKey.values();
  }

  /** An object was seen to exist. One with the key of another but another UID replaces it: a delete, then an add. */
  set(object: T): void {
    const key = this.#keyOf(object);
    const before = this.#byKey.get(key);
    if (before !== undefined && before.metadata?.uid !== object.metadata?.uid) this.#drop(key, before);
    const known = this.#byKey.get(key);
    this.#byKey.set(key, object);
    if (known === undefined) this.#listener.onAdd?.(object);
    else if (
      known.metadata?.resourceVersion !== object.metadata?.resourceVersion ||
      object.metadata?.resourceVersion === undefined
    ) {
      this.#listener.onUpdate?.(known, object);
    }
  }

  /** An object was seen to go; `last` is its last state. Nothing happens when it is not known, or by another UID. */
  delete(last: T): void {
    const key = this.#keyOf(last);
    if (this.#byKey.get(key)?.metadata?.uid === last.metadata?.uid) this.#drop(key, last);
  }

  /** These objects exist and no others do. What is gone is reported first. */
  replaceAll(objects: T[]): void {
    const present = new Set(objects.map((object) => this.#keyOf(object)));
    for (const [key, object] of [...this.#byKey]) if (!present.has(key)) this.#drop(key, object);
    for (const object of objects) this.set(object);
  }

  #drop(key: string, last: T): void {
    if (this.#byKey.delete(key)) this.#listener.onDelete?.(last);
  }
}
