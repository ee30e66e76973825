import { isNotFound, type KubeClient, type Lease, leases, microTime } from '@interlink/kube';
import { type Logger, sleep } from '@interlink/service-kit';

export interface LeaseControllerOptions {
  /** One of its own: a lease must never wait behind a flood of pod statuses. */
  readonly client: KubeClient;
  readonly nodeName: string;
  readonly logger: Logger;
}

/** The kubelet's numbers (https://kubernetes.io/docs/concepts/architecture/leases/): renewed four times per lease. */
export const leaseDurationSeconds = 40;
const renewIntervalMs = 10_000;
const retryMs = { base: 100, max: 7_000 };
const namespace = 'kube-node-lease';

/** Renews the node's lease, which is how Kubernetes knows that the node lives. */
export class LeaseController {
  readonly #options: LeaseControllerOptions;
  #nodeUid: string | undefined;
  #lease: Lease | undefined;

  constructor(options: LeaseControllerOptions) {
    this.#options = options;
  }

  /** The node's UID, for the lease's owner. A node made anew needs its lease to say so, or the garbage collector takes it. */
  setNodeUid(uid: string): void {
    if (uid !== this.#nodeUid) this.#lease = undefined;
    this.#nodeUid = uid;
  }

  async run(signal: AbortSignal): Promise<void> {
    let waitMs = retryMs.base;
    while (!signal.aborted) {
      try {
        await this.#renew(signal);
        waitMs = retryMs.base;
        await sleep(renewIntervalMs * (1 + Math.random() * 0.04), signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#lease = undefined;
        this.#options.logger.warn({ err: error }, 'cannot renew the node lease');
        await sleep(waitMs, signal);
        waitMs = Math.min(waitMs * 2, retryMs.max);
      }
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { client, nodeName } = this.#options;
    // A lease without an owner would never be collected.
    if (this.#nodeUid === undefined) return;
    const path = { namespace, name: nodeName };
    this.#lease ??= await client.get(leases, path, { signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    const wanted = this.#wanted(this.#nodeUid);
    this.#lease =
      this.#lease === undefined
        ? await client.create(leases, { namespace }, wanted, { signal })
        : await client.replace(leases, path, wanted, { signal });
  }

  #wanted(nodeUid: string): Lease {
    const { nodeName } = this.#options;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...this.#lease?.metadata,
        name: nodeName,
        namespace,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUid }],
      },
      spec: { ...this.#lease?.spec, holderIdentity: nodeName, leaseDurationSeconds, renewTime: microTime(new Date()) },
    };
  }
}
