import { detectProtocol, toInterLink, V1Backend, V1Client } from '@interlink/interlink';
import { type HttpTarget, type Owner, PodClient } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import { PodService } from '@interlink/sidecar-sdk';
import { type V1Provider, v1Provider } from './v1-provider.ts';

/** One node's pods at InterLink, in whichever generation of the protocol that speaks. */
export type OwnersPeer =
  | { readonly protocol: 'v2'; readonly pods: PodClient }
  | { readonly protocol: 'v1'; readonly pods: V1Provider };

const firstListMs = 5_000;

type Generation = { readonly protocol: 'v2' } | { readonly protocol: 'v1'; readonly service: PodService };

/**
 * The way to InterLink, for all nodes of a process. Which generation it speaks is found out at the first request that reaches it, as
 * InterLink does with sidecars, and kept from then on: pods that were made in v1 belong to another owner in v2, so that a server which learns v2
 * goes on being asked for them in v1.
 */
export class InterLinkLink {
  readonly #target: HttpTarget;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #settleMs: number;
  #generation: Promise<Generation> | undefined;

  /**
   * @param signal ends the polling of a v1 server
   * @param settleMs how long such a server is only asked for `/status` of a pod that a create may have made
   */
  constructor(target: HttpTarget, logger: Logger, signal: AbortSignal, settleMs: number) {
    this.#target = target;
    this.#logger = logger;
    this.#signal = signal;
    this.#settleMs = settleMs;
  }

  get url(): string {
    return this.#target.url;
  }

  /** @throws InterLinkError while InterLink can't be reached */
  async peerOf(owner: Owner): Promise<OwnersPeer> {
    const generation = await this.#known();
    if (generation.protocol === 'v2') return { protocol: 'v2', pods: new PodClient(this.#target, owner) };
    return { protocol: 'v1', pods: v1Provider(generation.service, owner) };
  }

  async #known(): Promise<Generation> {
    const asked = this.#generation ?? this.#detect();
    this.#generation = asked;
    try {
      return await asked;
    } catch (error) {
      // Others may wait for the same answer, and one of them may have asked again already.
      if (this.#generation === asked) this.#generation = undefined;
      throw error;
    }
  }

  async #detect(): Promise<Generation> {
    const protocol = await detectProtocol(this.#target, toInterLink.ping);
    this.#logger.info({ interLink: this.#target.url, protocol }, 'InterLink answers');
    if (protocol === 'v2') return { protocol };
    const service = new PodService(this.#v1Backend(), this.#logger);
    service
      .run(this.#signal)
      .catch((error: unknown) => this.#logger.error({ err: error }, 'polling the v1 InterLink ended'));
    // Whoever comes before the first list would be told that nothing is known yet.
    await Promise.race([service.listed, sleep(firstListMs, this.#signal)]);
    return { protocol, service };
  }

  #v1Backend(): V1Backend {
    const client = new V1Client(this.#target, { hop: toInterLink });
    return new V1Backend({ client, logger: this.#logger, settleMs: this.#settleMs, exportsPodData: true });
  }
}
