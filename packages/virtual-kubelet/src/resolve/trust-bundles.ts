import {
  type ClusterTrustBundle,
  clusterTrustBundles,
  isNotFound,
  type KubeClient,
  type ResourceType,
} from '@interlink/kube';
import { SharedReads, type SharedReadsOptions } from './shared-reads.ts';

/** All ClusterTrustBundles, as something that can be watched: they are few, public, and named by their signers too. */
export const allTrustBundles = { kind: 'ClusterTrustBundle', namespace: '', name: '' } as const;

/** What stands for `metadata.resourceVersion` of all of them together. */
export function trustBundlesVersion(bundles: Iterable<ClusterTrustBundle>): string {
  return Array.from(bundles, ({ metadata }) => `${metadata?.name}@${metadata?.resourceVersion}`)
    .sort()
    .join(' ');
}

interface Answer {
  readonly type: ResourceType<ClusterTrustBundle>;
  readonly items: ClusterTrustBundle[];
}

/** Reads all ClusterTrustBundles, in the newest version of their API that the server has. Readers share a read as those of one object do. */
export class TrustBundles {
  readonly #client: Pick<KubeClient, 'list'>;
  readonly #reads: SharedReads<Answer>;

  constructor(client: Pick<KubeClient, 'list'>, options: SharedReadsOptions = {}) {
    this.#client = client;
    this.#reads = new SharedReads(options);
  }

  /** @returns undefined when the API server has no such API */
  async read(signal: AbortSignal): Promise<Answer | undefined> {
    return await this.#reads.read('', async (shared) => await this.#list(shared), signal);
  }

  /** What is known is out of date. */
  forget(): void {
    this.#reads.forget('');
  }

  async #list(signal: AbortSignal): Promise<Answer | undefined> {
    for (const type of clusterTrustBundles) {
      try {
        return { type, items: (await this.#client.list(type, {}, { signal })).items };
      } catch (err) {
        if (!isNotFound(err)) throw err;
      }
    }
    return undefined;
  }
}
