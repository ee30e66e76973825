import { type HttpTarget, InterLinkError, type Owner, PodClient } from '@interlink/protocol';
import { type Logger, noAuthentication, type Tracer } from '@interlink/service-kit';
import { createSidecarServer, PodService } from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';
import { detectProtocol } from './detect-protocol.ts';
import type { OwnerPods } from './owner-pods.ts';
import { V1Backend } from './v1-backend.ts';
import { V1Client } from './v1-client.ts';

/** A v1 plugin dressed as a v2 sidecar: the SDK's server around it, fed by handing requests over. */
export interface V1Adapter {
  readonly service: PodService;
  readonly app: FastifyInstance;
}

/** What the sidecar turned out to speak. */
export type SidecarGeneration = { readonly protocol: 'v2' } | { readonly protocol: 'v1'; readonly adapter: V1Adapter };

/**
 * The way to one sidecar. Which generation it speaks is found out at the first request that reaches it and kept from then on:
 * a peer once seen to speak v2 is never downgraded.
 */
export class SidecarLink {
  readonly target: HttpTarget;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #tracer: Tracer | undefined;
  #generation: Promise<SidecarGeneration> | undefined;
  #trouble: string | undefined = 'not asked yet';
  #adapter: V1Adapter | undefined;

  constructor(target: HttpTarget, logger: Logger, signal: AbortSignal, tracer?: Tracer) {
    this.target = target;
    this.#logger = logger;
    this.#signal = signal;
    this.#tracer = tracer;
  }

  /** Undefined once the sidecar has answered, else what is wrong. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** How old the answers are that are given for a v1 plugin without asking it; undefined for a v2 sidecar, and before the first. */
  get cacheAgeSeconds(): number | undefined {
    return this.#adapter?.service.listAgeSeconds;
  }

  /** @throws InterLinkError while the sidecar can't be reached */
  async generation(): Promise<SidecarGeneration> {
    const asked = this.#generation ?? this.#detect();
    this.#generation = asked;
    try {
      return await asked;
    } catch (error) {
      // Others may wait for the same answer, and one of them may have asked again already.
      if (this.#generation === asked) this.#generation = undefined;
      this.#trouble = InterLinkError.from(error).message;
      throw error;
    }
  }

  /** Asks the sidecar now. @returns what a v1 plugin says to a ping, else nothing @throws InterLinkError when it does not answer */
  async ping(): Promise<string | undefined> {
    const generation = await this.generation();
    if (generation.protocol === 'v1') return await new V1Client(this.target).ping();
    await (await this.target.call({ method: 'GET', path: '/v2/capabilities' })).body.dump();
    return undefined;
  }

  async podsOf(owner: Owner): Promise<OwnerPods> {
    const generation = await this.generation();
    if (generation.protocol === 'v2') return new PodClient(this.target, owner);
    const { service } = generation.adapter;
    return {
      createPod: async (request) => {
        await service.create(request, owner);
      },
      deletePod: async (uid, gracePeriodSeconds) => await service.delete(owner, uid, gracePeriodSeconds),
      listPods: async () => service.logOf(owner).reports(),
      logs: async (uid, container, options, signal) => await service.logs({ owner, uid }, container, options, signal),
    };
  }

  async #detect(): Promise<SidecarGeneration> {
    const protocol = await detectProtocol(this.target);
    this.#trouble = undefined;
    this.#logger.info({ sidecar: this.target.url, protocol }, 'sidecar answers');
    return protocol === 'v2' ? { protocol } : { protocol, adapter: await this.#adapt() };
  }

  async #adapt(): Promise<V1Adapter> {
    const service = new PodService(new V1Backend(this.target), this.#logger);
    const app = createSidecarServer({
      service,
      logger: this.#logger,
      authenticate: noAuthentication,
      shutdown: this.#signal,
      // A body that is read loses what was current: the adapter's requests have spans of their own.
      tracer: this.#tracer,
    });
    service
      .run(this.#signal)
      .catch((error: unknown) => this.#logger.error({ err: error }, 'polling the v1 sidecar ended'));
    await app.ready();
    await service.listed;
    this.#adapter = { service, app };
    return this.#adapter;
  }
}
