import { KubeClient, loadClusterAccess, namespaces, pods } from '@interlink/kube';
import type { ControlPlaneData } from '../test/testbed/index.ts';
import type { Site } from '../test/testbed/site/site.ts';
import { benchPod } from './bench-pod.ts';
import { type PodTimes, PodWatch } from './pod-times.ts';
import { type Usage, usageOf } from './process-usage.ts';
import { countRequests, type RequestCounts } from './request-counts.ts';
import { waitUntil } from './wait-until.ts';

export interface LoadOptions {
  readonly cluster: ControlPlaneData;
  readonly site: Site;
  readonly podCount: number;
  readonly hasTokens: boolean;
}

export interface LoadResult {
  readonly podCount: number;
  /** Pods that run for a while and end by themselves, then are deleted. */
  readonly ending: ReadonlyArray<PodTimes>;
  /** Pods that run until they are deleted. */
  readonly staying: ReadonlyArray<PodTimes>;
  readonly deleteAt: { readonly ending: number; readonly staying: number };
  /** Over both batches, creation to deletion. */
  readonly requests: RequestCounts;
  readonly usage: ReadonlyArray<Usage & { readonly name: string }>;
}

const namespace = 'bench';
const creators = 32;
const runSeconds = 5;

/** One measurement: two batches of pods, each created as fast as 32 clients can, and deleted all at once. */
export class LoadRun {
  readonly #client: KubeClient;
  readonly #watch: PodWatch;
  readonly #options: LoadOptions;

  private constructor(client: KubeClient, watch: PodWatch, options: LoadOptions) {
    this.#client = client;
    this.#watch = watch;
    this.#options = options;
  }

  static async open(options: LoadOptions): Promise<LoadRun> {
    const client = new KubeClient(await loadClusterAccess({ kubeconfig: options.cluster.kubeconfig }), {
      connections: creators,
    });
    await client.create(namespaces, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await waitUntil(async () => {
      const accounts = await client.request<{ items: unknown[] }>({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
      });
      return accounts.items.length > 0;
    });
    const cluster = (await client.get(namespaces, { name: 'kube-system' })).metadata?.uid ?? '';
    const watch = new PodWatch({ client, site: options.site, cluster, namespace });
    await watch.start();
    return new LoadRun(client, watch, options);
  }

  async run(): Promise<LoadResult> {
    const { cluster, site, podCount } = this.#options;
    const requestsBefore = await countRequests(cluster, site);
    const usageBefore = site.parts.map(({ pid }) => usageOf(pid));
    const ending = await this.#batch('ending', runSeconds, 'succeeded');
    const staying = await this.#batch('staying', undefined, 'running');
    const requests = await countRequests(cluster, site);
    return {
      podCount,
      ending: ending.times,
      staying: staying.times,
      deleteAt: { ending: ending.deleteAt, staying: staying.deleteAt },
      requests: {
        kubernetes: requests.kubernetes - requestsBefore.kubernetes,
        interlink: requests.interlink - requestsBefore.interlink,
        sidecar: requests.sidecar - requestsBefore.sidecar,
      },
      usage: site.parts.map(({ name, pid }, index) => {
        const { cpuSeconds, ...memory } = usageOf(pid);
        return { name, cpuSeconds: cpuSeconds - (usageBefore[index]?.cpuSeconds ?? 0), ...memory };
      }),
    };
  }

  async close(): Promise<void> {
    this.#watch.stop();
    await this.#client.close();
  }

  async #batch(
    prefix: string,
    seconds: number | undefined,
    until: keyof PodTimes,
  ): Promise<{ times: PodTimes[]; deleteAt: number }> {
    const uids = await this.#create(prefix, seconds);
    const times = () => uids.map((uid) => this.#watch.times.get(uid) ?? {});
    await waitUntil(async () => times().every((pod) => pod[until] !== undefined));
    const deleteAt = performance.now();
    await this.#client.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods` });
    await waitUntil(async () => times().every((pod) => pod.deleted !== undefined));
    return { times: times(), deleteAt };
  }

  async #create(prefix: string, seconds: number | undefined): Promise<string[]> {
    const { site, podCount, hasTokens } = this.#options;
    const names = Array.from({ length: podCount }, (_, index) => `${prefix}-${index}`).values();
    const uids: string[] = [];
    const create = async () => {
      for (const name of names) {
        const createdAt = performance.now();
        const pod = benchPod({ name, nodeName: site.nodeName, hasToken: hasTokens, runSeconds: seconds });
        const { metadata } = await this.#client.create(pods, { namespace }, pod);
        this.#watch.markCreated(metadata?.uid, createdAt);
        uids.push(metadata?.uid ?? '');
      }
    };
    await Promise.all(Array.from({ length: creators }, create));
    return uids;
  }
}
