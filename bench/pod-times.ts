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

/** Looks on at the API's watch, as a user sees it. */
export class ApiWatch {
  readonly times = new Map<string, PodTimes>();
  protected readonly stopped = new AbortController();
  readonly #client: KubeClient;
  readonly #namespace: string;

  constructor({ client, namespace }: Pick<PodWatchOptions, 'client' | 'namespace'>) {
    this.#client = client;
    this.#namespace = namespace;
  }

  async start(): Promise<void> {
    const reflector = new Reflector<Pod>({
      client: this.#client,
      type: pods,
      path: { namespace: this.#namespace },
      onAdd: (pod) => this.#see(pod),
      onUpdate: (_before, pod) => this.#see(pod),
      onDelete: (pod) => this.mark(pod.metadata?.uid, 'deleted'),
    });
    void reflector.run(this.stopped.signal);
    await reflector.synced;
  }

  stop(): void {
    this.stopped.abort();
  }

  markCreated(uid: string | undefined, at: number): void {
    if (uid !== undefined) this.#of(uid).created = at;
  }

  #see(pod: Pod): void {
    if (pod.status?.phase === 'Running') this.mark(pod.metadata?.uid, 'running');
    if (pod.status?.phase === 'Succeeded') this.mark(pod.metadata?.uid, 'succeeded');
  }

  protected mark(uid: string | undefined, what: keyof PodTimes): void {
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

/** Looks on from both ends: the API's watch, and the sidecar's stream, as the backend tells it. */
export class PodWatch extends ApiWatch {
  readonly #options: PodWatchOptions;

  constructor(options: PodWatchOptions) {
    super(options);
    this.#options = options;
  }

  override async start(): Promise<void> {
    void this.#followBackend();
    await super.start();
  }

  async #followBackend(): Promise<void> {
    const { site, cluster } = this.#options;
    const { signal } = this.stopped;
    const target = new HttpTarget({
      url: site.sidecarUrl,
      token: async () => (await readFile(site.tokenFile, 'utf8')).trim(),
    });
    const client = new PodClient(target, { cluster, node: site.nodeName });
    try {
      for await (const record of client.watchPods({ signal })) {
        if (record.type !== 'pod') continue;
        if (record.pod.status.containerStatuses.every(({ state }) => state.terminated !== undefined))
          this.mark(record.pod.uid, 'exited');
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await target.close();
    }
  }
}
