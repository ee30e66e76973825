import type { KubeObject } from '../types.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

export interface NamespacedReflectorOptions<T extends KubeObject> extends Omit<ReflectorOptions<T>, 'path'> {
  /** Default: all namespaces, by one watch. */
  namespaces?: readonly string[] | undefined;
}

/**
 * A collection in some namespaces only, for accounts that may not read it in all: a {@link Reflector} for each, told of as one.
 * `onSynced` is called when all of them have been listed, and then after each further list.
 */
export class NamespacedReflector<T extends KubeObject> {
  /** Resolved after the first complete list of each namespace. */
  readonly synced: Promise<void>;
  readonly #reflectors: readonly Reflector<T>[];

  constructor({ namespaces, onSynced, ...options }: NamespacedReflectorOptions<T>) {
    let unsynced = namespaces?.length ?? 1;
    const listed = () => {
      let isFirst = true;
      return () => {
        if (isFirst) unsynced -= 1;
        isFirst = false;
        if (unsynced === 0) onSynced?.();
      };
    };
    const paths = namespaces?.map((namespace) => ({ namespace })) ?? [{}];
    this.#reflectors = paths.map((path) => new Reflector<T>({ ...options, path, onSynced: listed() }));
    this.synced = Promise.all(this.#reflectors.map(({ synced }) => synced)).then(() => undefined);
  }

  /** Runs until aborted. Never rejects: errors go to `onTrouble`. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }
}
