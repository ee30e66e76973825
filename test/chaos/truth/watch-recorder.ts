import { uptime } from 'node:os';
import { type KubeClient, pods } from '@interlink/kube';
import { type Sighting, toSightings } from './sighting.ts';

/** Sees all that the API ever shows of a namespace's pods, by a way that has no faults. */
export class WatchRecorder {
  readonly sightings: Sighting[] = [];
  readonly #over = new AbortController();
  readonly #done: Promise<void>;

  constructor(client: KubeClient, namespace: string) {
    this.#done = this.#run(client, namespace);
    this.#done.catch(() => undefined);
  }

  /** @throws Error when something may have been missed: a watch that ends is not begun again */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#done;
  }

  /** The last of each pod, of one of its containers. */
  get latest(): ReadonlyMap<string, Sighting> {
    return new Map(this.sightings.map((sighting) => [sighting.uid, sighting]));
  }

  async #run(client: KubeClient, namespace: string): Promise<void> {
    try {
      for await (const { type, object } of client.watch(pods, { namespace }, { signal: this.#over.signal })) {
        if (type === 'BOOKMARK') continue;
        this.sightings.push(...toSightings(object, uptime(), type === 'DELETED'));
      }
    } catch (error) {
      if (!this.#over.signal.aborted) throw error;
    }
    if (!this.#over.signal.aborted) throw new Error('The watch that records the pods has ended by itself');
  }
}
