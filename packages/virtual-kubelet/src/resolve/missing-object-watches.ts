import { keyOf, type ObjectWatches } from './object-watches.ts';
import type { MissingObject } from './resolve-error.ts';

interface Waiter {
  /** Version that the pod read, and found wanting; undefined: no object. */
  readonly seen: string | undefined;
  /** Version that the pod was told of last. */
  told: string | undefined;
}

/** Wakes pods when what they wait for appears. */
export class MissingObjectWatches {
  readonly #watches: ObjectWatches;
  readonly #waiters = new Map<string, Map<string, Waiter>>();

  constructor(watches: ObjectWatches) {
    this.#watches = watches;
  }

  /**
   * From now on the pod waits for these objects, and for no others. `onAppear` is called, later and once per change, when one of
   * them is there in a version that the pod has neither seen nor been told of; it must not throw.
   */
  wait(uid: string, missing: readonly MissingObject[], onAppear: (uid: string) => void): void {
    const before = this.#waiters.get(uid);
    const waiters = new Map(
      missing.map((object) => {
        const key = keyOf(object);
        return [key, { seen: object.seen, told: before?.get(key)?.told }];
      }),
    );
    this.#waiters.set(uid, waiters);
    this.#watches.use(idOf(uid), missing, {
      // What lacks a key may be deleted and made anew.
      untilImmutable: false,
      onChange: (object, version) => {
        const waiter = waiters.get(keyOf(object));
        if (waiter === undefined || version === undefined) return;
        if (version === waiter.seen || version === waiter.told) return;
        waiter.told = version;
        onAppear(uid);
      },
    });
  }

  /** The pod waits no more. */
  release(uid: string): void {
    if (!this.#waiters.delete(uid)) return;
    this.#watches.release(idOf(uid));
  }
}

/** Apart from the pod itself, which may use other objects. */
function idOf(uid: string): string {
  return `missing/${uid}`;
}
