import { readFile } from 'node:fs/promises';
import { type KubeClient, type Pod, pods, Reflector } from '@interlink/kube';
import { HttpTarget, PodClient } from '@interlink/protocol';
import type { Site } from '../test/testbed/site/site.ts';

/** When a pod was seen doing what; milliseconds of one clock. */
export interface PodTimes {
  created?: number;
  running?: number;
  /** The backend said that it ended. */
  exited?: number;
  /** The Kubernetes API said so. */
  succeeded?: number;
  deleted?: number;
}

export interface PodWatchOptions {
  readonly client: KubeClient;
  readonly site: Site;
  readonly cluster: string;
  readonly namespace: string;
}

/** Looks on from both ends: the API's watch, as a user sees it, and the sidecar's stream, as the backend tells it. */
export class PodWatch {
  readonly times = new Map<string, PodTimes>();
  readonly #options: PodWatchOptions;
  readonly #stop = new AbortController();

  constructor(options: PodWatchOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { client, namespace } = this.#options;
    const reflector = new Reflector<Pod>({
      client,
      type: pods,
      path: { namespace },
      onAdd: (pod) => this.#see(pod),
      onUpdate: (_before, pod) => this.#see(pod),
      onDelete: (pod) => this.#mark(pod.metadata?.uid, 'deleted'),
    });
    void reflector.run(this.#stop.signal);
    void this.#followBackend();
    await reflector.synced;
  }

  stop(): void {
    this.#stop.abort();
  }

  markCreated(uid: string | undefined, at: number): void {
    if (uid !== undefined) this.#of(uid).created = at;
  }

  #see(pod: Pod): void {
    if (pod.status?.phase === 'Running') this.#mark(pod.metadata?.uid, 'running');
    if (pod.status?.phase === 'Succeeded') this.#mark(pod.metadata?.uid, 'succeeded');
  }

  async #followBackend(): Promise<void> {
    const { site, cluster } = this.#options;
    const target = new HttpTarget({
      url: site.sidecarUrl,
      token: async () => (await readFile(site.tokenFile, 'utf8')).trim(),
    });
    const client = new PodClient(target, { cluster, node: site.nodeName });
    try {
      for await (const record of client.watchPods({ signal: this.#stop.signal })) {
        if (record.type !== 'pod') continue;
        if (record.pod.status.containerStatuses.every(({ state }) => state.terminated !== undefined))
          this.#mark(record.pod.uid, 'exited');
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    } finally {
      await target.close();
    }
  }

  #mark(uid: string | undefined, what: keyof PodTimes): void {
    if (uid !== undefined) this.#of(uid)[what] ??= performance.now();
  }

  #of(uid: string): PodTimes {
    let times = this.times.get(uid);
    if (times === undefined) {
      times = {};
      this.times.set(uid, times);
    }
    return times;
  }
}
