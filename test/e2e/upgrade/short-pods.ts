import { setTimeout as sleep } from 'node:timers/promises';
import type { Namespace } from '../drivers/namespace.ts';
import { pod, shell } from '../drivers/pods.ts';

const intervalMs = 500;

/** Pods that say their own name and end, one after another, whoever is there to take them. */
export class ShortPods {
  readonly #names: string[] = [];
  readonly #stopping = new AbortController();
  readonly #created: Promise<void>;

  constructor(namespace: Namespace, nodeName: string) {
    this.#created = this.#create(namespace, nodeName);
  }

  /** How many there are so far. */
  get count(): number {
    return this.#names.length;
  }

  /** Makes no more. @returns the names of all @throws what kept it from making one */
  async stop(): Promise<ReadonlyArray<string>> {
    this.#stopping.abort();
    await this.#created;
    return this.#names;
  }

  async #create(namespace: Namespace, nodeName: string): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const name = `short-${this.#names.length}`;
      const made = pod(nodeName, name, { containers: [shell('main', `echo ${name}`)] });
      await namespace.apply({ ...made, metadata: { name, labels: { app: 'short' } } });
      this.#names.push(name);
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
